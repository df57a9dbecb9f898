// calibration/synthesis/yaml_lines.h - private: lists and maps in YAML's flow style.
#pragma once

#include <string>
#include <string_view>

#include "isp/number_text.h"

namespace argent {

/// "[0.5, 0.25]": of numbers, shortest texts of floats.
template <class Values>
std::string flow_list(const Values& values) {
  std::string out = "[";
  for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + shortest_text(static_cast<float>(value));
  return out + "]";
}

/// "{a: 1, b: 2}", built key by key.
class FlowMap {
 public:
  FlowMap& text(std::string_view key, std::string_view value) {
    text_ += (text_.empty() ? "" : ", ") + std::string(key) + ": " + std::string(value);
    return *this;
  }
  FlowMap& number(std::string_view key, double value) { return text(key, shortest_text(static_cast<float>(value))); }
  template <class Values>
  FlowMap& list(std::string_view key, const Values& values) {
    return text(key, flow_list(values));
  }
  std::string done() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace argent
