#include "label_report.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace argent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string label_text(const Labelled& done) {
  std::array<char, 200> text{};
  const CaptureLabel& label = done.label;
  std::snprintf(text.data(), text.size(), "%s, R/G %.4f, B/G %.4f", label.source.c_str(), std::exp(label.light[0]),
                std::exp(label.light[1]));
  std::string out = text.data();
  const auto add = [&](const char* format, double value) {
    std::snprintf(text.data(), text.size(), format, value);
    out += text.data();
  };
  if (label.deviation > 0) add(" (+- %.1f %%)", 100 * label.deviation);
  if (label.kelvin > 0) add(", %.0f K", label.kelvin);
  if (label.lux > 0) add(", about %.3g lux", label.lux);
  if (done.light.checker) add(", confidence %.2f", done.light.checker->confidence);
  if (done.fit) {
    add(", a matrix with mean CIEDE2000 %.1f", done.fit->mean_delta_e);
    add(" (worst %.1f)", done.fit->worst_delta_e);
  }
  return out;
}

std::string label_json(const fs::path& capture, const Labelled& done) {
  const auto known = [](float value) { return value > 0 ? Json(value) : Json(); };
  const CaptureLabel& label = done.label;
  Json json{{"file", capture.string()},
            {"camera", label.camera},
            {"source", label.source},
            {"rgb", {std::exp(label.light[0]), 1, std::exp(label.light[1])}},
            {"deviation", known(label.deviation)},
            {"kelvin", known(label.kelvin)},
            {"lux", known(label.lux)},
            {"thumbnail", done.picture.string()}};
  if (const auto& checker = done.light.checker) {
    Json corners = Json::array(), clipped = Json::array();
    for (const PlaneFraction corner : checker->corners) corners.push_back({corner.x, corner.y});
    for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
      if (checker->patches[i].clipped > kMostClipped) clipped.push_back(i + 1);
    }
    json["chart"] = {{"confidence", checker->confidence}, {"corners", corners}, {"clipped_patches", clipped}};
  }
  if (done.fit) {
    json["matrix"] = {{"cct", done.fit->matrix.cct},
                      {"xyz_to_camera", done.fit->matrix.xyz_to_camera},
                      {"mean_delta_e", done.fit->mean_delta_e},
                      {"worst_delta_e", done.fit->worst_delta_e}};
  }
  return line_of(json);
}

std::string label_failure_json(const fs::path& capture, const std::string& error) {
  return line_of({{"file", capture.string()}, {"error", error}});
}

}  // namespace argent
