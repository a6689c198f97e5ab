// What lists say about a call that has been described and has its verdict, for rules that ask (SPIT-CL-02, -03, -09).
//
// Pure; no heap.
#pragma once

#include "config/policy/described_call.hpp"
#include "config/policy/list_table.hpp"

namespace stirline::config::policy {

// Adds the names of the lists that the call is on, where it was described for rules that ask for lists: white and black
// as far as it is shown who calls, the others as the call itself says (SPIT-FW-02). Who only claims to be somebody of
// the black list is on no list for that, and gets ListTable::claim_score() at least. For explanations: all hits.
ListTable::Answer add_lists(const ListTable& lists, DescribedCall& call);

}  // namespace stirline::config::policy
