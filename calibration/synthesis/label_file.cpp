#include <array>
#include <string>

#include "calibration/synthesis/synthetic_set.h"
#include "calibration/synthesis/yaml_lines.h"
#include "isp/io/yaml_document.h"

namespace argent {
namespace {

constexpr std::array<std::string_view, 8> kKinds{"chart", "flat", "dark", "ramp", "focus", "edge", "dots", "step"};  // SetPart's order

std::string row_of(const SyntheticSet& set, const SyntheticCapture& capture) {
  FlowMap row;
  row.text("file", yaml_text(capture.file)).text("kind", kKinds[static_cast<std::size_t>(capture.part)]);
  if (capture.part == SetPart::kCharts || capture.part == SetPart::kFlats) {
    const KnownLight& light = set.options.lights[capture.said_light.value_or(capture.light)];
    if (!light.name.empty()) row.text("illuminant", yaml_text(light.name));
    row.number("cct", double(light.cct));
  }
  if (capture.part == SetPart::kCharts) row.number("lux", capture.settings.lux);
  if (capture.distance) row.number("distance", *capture.distance);
  if (capture.lens_code) row.number("lens_position", *capture.lens_code);
  if (capture.asked_exposure_us) row.number("asked_exposure_us", *capture.asked_exposure_us);
  if (capture.asked_gain) row.number("asked_gain", *capture.asked_gain);
  return row.done();
}

}  // namespace

std::string label_text(const SyntheticSet& set) {
  std::string out =
      "# made by argent synth; what is true of it stands in truth.yaml\nargent_calibration_set: 1\ncamera: " + yaml_text(set.camera.name) +
      "\ncaptures:\n";
  for (const SyntheticCapture& capture : set.captures) out += "  - " + row_of(set, capture) + "\n";
  return out;
}

}  // namespace argent
