// What the parser may tolerate, one named switch a rule, with its clause. The defaults are those of an interconnect:
// accept what RFC 3261 allows, refuse what two parsers could read differently.
#pragma once

namespace stirline::sip {

struct Strictness {
  bool accept_bare_lf = false;               // lines ended by LF alone (INL-ED-02; RFC 3261 7 demands CRLF)
  bool accept_missing_max_forwards = true;   // RFC 2543 requests have none (RFC 4475 3.4.1)
  bool accept_missing_branch_cookie = true;  // RFC 2543 Via (RFC 3261 17.2.3)
  bool accept_missing_contact = true;        // an INVITE must carry one (RFC 3261 8.1.1.8); not ours to enforce
  bool accept_malformed_date = true;  // told by Message::date_malformed() instead: a bad Date spoils the verdict only
};

}  // namespace stirline::sip
