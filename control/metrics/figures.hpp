// Which member of a status document is which metric: the tables from which both halves of the page are made. One
// thread.
#pragma once

#include <span>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "control/metrics/exposition.hpp"

namespace stirline::control {

// Figures that stand one behind the other under the same name are one family, told apart by their own label.
struct Figure {
  const char* pointer = "";  // JSON pointer into the document
  Metric metric;
  Label label = {};  // its own; without a name: none
};

// A document, or one part of many of the same kind, with the labels that tell it apart.
struct Subject {
  const nlohmann::ordered_json* document = nullptr;
  std::vector<Label> labels = {};
};

// Writes those figures that are there, family by family, each for all subjects. Null counts as not there.
void write_figures(Exposition& page, std::span<const Figure> figures, std::span<const Subject> subjects);

}  // namespace stirline::control
