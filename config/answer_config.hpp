// [trunk.answer] of stirline-control's configuration.
#pragma once

#include "config/tables/answer_policy.hpp"
#include "config/toml_reader.hpp"

namespace stirline::config {

// Mistakes are told to the section's file.
void read_answers(Section& section, tables::AnswerPolicy& policy);

}  // namespace stirline::config
