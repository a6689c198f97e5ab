#include "control/metrics/figures.hpp"

#include <nlohmann/json.hpp>

namespace stirline::control {

using Json = nlohmann::ordered_json;

void write_figures(Exposition& page, std::span<const Figure> figures, std::span<const Subject> subjects) {
  std::string_view family;
  for (const Figure& figure : figures) {
    if (figure.metric.name != family) {
      family = figure.metric.name;
      page.begin(figure.metric);
    }
    const Json::json_pointer place(figure.pointer);
    for (const Subject& subject : subjects) {
      if (!subject.document->contains(place) || subject.document->at(place).is_null()) {
        continue;
      }
      std::vector<Label> labels = subject.labels;
      if (!figure.label.name.empty()) {
        labels.push_back(figure.label);
      }
      page.sample(labels, subject.document->at(place));
    }
  }
}

}  // namespace stirline::control
