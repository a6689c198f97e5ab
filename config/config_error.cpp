#include "config/config_error.hpp"

namespace stirline::config {

std::string to_string(const ConfigError& error) {
  std::string text = error.file;
  if (error.line != 0) {
    text += ":" + std::to_string(error.line);
  }
  text += ": ";
  if (!error.key.empty()) {
    text += error.key + ": ";
  }
  text += "expected " + error.expected + ", found ";
  text += error.found.empty() ? "nothing" : "\"" + error.found + "\"";
  return text;
}

}  // namespace stirline::config
