#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include "calibration/synthesis/best_color_matrix.h"
#include "calibration/synthesis/set_faults.h"
#include "calibration/synthesis/synthetic_set.h"
#include "calibration/synthesis/yaml_lines.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/reflectances.h"
#include "isp/io/mosaic_file.h"
#include "isp/io/yaml_document.h"

namespace argent {
namespace {

/// Two decimals more than the eye needs, so that a table of 825 gains stays readable.
std::string gain_list(const std::vector<float>& gains) {
  std::string out = "[";
  std::array<char, 32> text{};
  for (const float gain : gains) {
    std::snprintf(text.data(), text.size(), "%s%.5f", out.size() > 1 ? ", " : "", double(gain));
    out += text.data();
  }
  return out + "]";
}

std::string sensor_text(const SyntheticSet& set) {
  const KnownSensor& sensor = set.camera.sensor;
  std::string out = "sensor:\n  size: " + flow_list(std::array{sensor.size.width, sensor.size.height}) +
                    "\n  cfa: " + std::string(name_of(sensor.cfa)) + "\n  bits: " + std::to_string(sensor.bits) +
                    "\n  black: " + flow_list(sensor.black) + "  # codes: R, G on R's rows, G on B's rows, B; files say nominal_black" +
                    "\n  nominal_black: " + shortest_text(sensor.nominal_black) + "\n  white: " + std::to_string((1 << sensor.bits) - 1) +
                    "\n  electrons: " + shortest_text(sensor.electrons) + "  # of level 1 at gain 1" +
                    "\n  full_well: " + shortest_text(sensor.full_well) + "\n  read_electrons: " + shortest_text(sensor.read_electrons) +
                    "  # before the gain" + "\n  converter_noise: " + shortest_text(sensor.converter_noise) + "  # codes, after the gain" +
                    "\n  row_noise: " + shortest_text(sensor.row_noise) + "  # codes" +
                    "\n  green_imbalance: " + shortest_text(sensor.green_imbalance) + "  # G on R's rows over G on B's rows, minus 1" +
                    "\n  nonlinearity: " + shortest_text(sensor.nonlinearity) + "  # of charge q (1 = electrons): q (1 - nonlinearity q)" +
                    "\n  responsivity: " + shortest_text(sensor.responsivity) +
                    "  # level of white in green at gain 1 per lux and us of D65" +
                    "\n  delays: " + FlowMap().number("exposure", sensor.exposure_delay).number("gain", sensor.gain_delay).done() +
                    "  # frames\n  gains:\n";
  for (const KnownGain& gain : sensor.gains) {
    out += "    - " + FlowMap().number("nominal", double(gain.nominal)).number("actual", double(gain.actual)).done() + "\n";
  }
  out += "  noise:  # variance = shot * level + read, 1 = saturation; saturation: codes of each site\n";
  for (const float gain : set.options.gains) {
    const NoiseModel noise = noise_of(sensor, double(gain));
    std::array<double, 4> saturation{};
    for (std::size_t i = 0; i < 4; i++) saturation[i] = saturation_of(sensor, i, double(gain));
    FlowMap row;
    row.number("gain", double(gain)).number("true_gain", true_gain(sensor, double(gain)));
    row.number("shot", double(noise.shot)).number("read", double(noise.read)).list("saturation", saturation);
    out += "    - " + row.done() + "\n";
  }
  out += "  defects:" + std::string(sensor.defects.empty() ? " []\n" : "  # hot: level too much; dead: share of light counted\n");
  for (const KnownDefect& defect : sensor.defects) {
    FlowMap row;
    row.number("x", defect.x).number("y", defect.y).text("kind", defect.kind == PixelFault::kHot ? "hot" : "dead");
    out += "    - " + row.number("amount", double(defect.amount)).done() + "\n";
  }
  return out;
}

std::string lens_text(const KnownLens& lens) {
  std::array<double, 3> sharp{}, along{};
  for (std::size_t c = 0; c < 3; c++) {
    sharp[c] = mtf50_of(lens, c, kEdgeDegrees);
    along[c] = mtf50_of(lens, c, 0);
  }
  std::string out = "lens:  # r: distance from the middle, 1 in the corners\n";
  out += "  falloff: " + shortest_text(lens.falloff) + "  # light left: 1 / (1 + falloff r^2)^2\n";
  out += "  color: " + flow_list(lens.color) + "  # times 1 + (color + color_slope m) s^2, m = (1e6 / cct - 200) / 100\n";
  out += "  color_slope: " + flow_list(lens.color_slope) + "\n";
  out += "  color_center: " + flow_list(lens.color_center) + "  # where s is 0; the product is brought to 1 in the middle\n";
  out += "  lateral_color:  # what green shows at r, they show at r (k0 + k1 r^2)\n";
  out += "    red: " + flow_list(lens.red) + "\n    blue: " + flow_list(lens.blue) + "\n";
  out += "  blur: " + flow_list(lens.blur) + "  # R, G, B: sigma, pixels, beside the pixel's square\n";
  out += "  edge_degrees: " + shortest_text(kEdgeDegrees) + "\n";
  out += "  mtf50: " + flow_list(sharp) + "  # cycles a pixel, across that edge\n";
  out += "  mtf50_along_rows: " + flow_list(along) + "\n";
  out += "  focus:  # lens driver's code, coming from below; linear between and beyond\n";
  for (const FocusPoint& point : lens.focus) {
    out += "    - " + FlowMap().number("dioptres", double(point.dioptres)).number("code", double(point.code)).done() + "\n";
  }
  out += "  backlash: " + shortest_text(lens.backlash) + "  # codes lower for the same place, coming from above\n";
  return out + "  blur_per_dioptre: " + shortest_text(lens.blur_per_dioptre) + "  # pixels, diameter\n";
}

std::string curve_text(const Sensitivities& sensor, std::string_view name, float from, float to,
                       const std::function<Spectrum(float)>& light_of) {
  constexpr int kSteps = 32;
  std::string out = "  " + std::string(name) + ":\n";
  for (int i = 0; i <= kSteps; i++) {
    const float cct = 1e6f / std::lerp(1e6f / from, 1e6f / to, static_cast<float>(i) / kSteps);
    const Vec3 white = response(sensor, light_of(cct), white_surface());
    FlowMap row;
    row.number("cct", double(cct)).number("red", double(white[0])).number("blue", double(white[2]));
    out += "    - " + row.done() + "\n";
  }
  return out;
}

std::string matrix_text(std::string_view name, const BestColorMatrix& best) {
  FlowMap row;
  row.list("camera_to_xyz", best.camera_to_xyz).number("brightness", best.brightness);
  row.number("mean_delta_e", best.mean_delta_e).number("worst_delta_e", best.worst_delta_e);
  return "    " + std::string(name) + ": " + row.done() + "\n";
}

std::string light_text(const SyntheticSet& set, const KnownLight& light) {
  const KnownCamera& camera = set.camera;
  const Vec3 white = response(camera.sensitivities, light.spectrum, white_surface());
  std::string out = "  - name: " + yaml_text(light.name.empty() ? "natural" : light.name) + "\n    cct: " + shortest_text(light.cct) +
                    "\n    white: " + flow_list(std::array{white[0], white[2]}) + "  # R/G, B/G\n";
  out += matrix_text("best_matrix", best_color_matrix(camera.sensitivities, light.spectrum, BrightnessFit::kKnown));
  out += matrix_text("best_matrix_free_brightness", best_color_matrix(camera.sensitivities, light.spectrum, BrightnessFit::kFree));
  out += "    patches:  # R, G, B of each in units of white's green\n";
  for (const Spectrum& patch : checker_reflectances()) {
    out += "      - " + flow_list(response(camera.sensitivities, light.spectrum, patch)) + "\n";
  }
  const ShadingMesh mesh = shading_of(camera, light.cct);
  out += "    shading:\n      columns: " + std::to_string(mesh.columns) + "\n      rows: " + std::to_string(mesh.rows) + "\n";
  constexpr std::array<std::string_view, 3> kColors{"red", "green", "blue"};
  for (std::size_t c = 0; c < 3; c++) out += "      " + std::string(kColors[c]) + ": " + gain_list(mesh.gains[c]) + "\n";
  return out;
}

std::string capture_text(const SyntheticSet& set, const SyntheticCapture& capture) {
  const KnownLight& light = set.options.lights[capture.light];
  const KnownSettings& settings = capture.settings;
  FlowMap row;
  row.text("file", yaml_text(capture.file)).text("light", yaml_text(light.name.empty() ? "natural" : light.name));
  row.number("cct", double(light.cct)).number("lux", settings.lux).number("exposure_us", settings.exposure_us);
  row.number("gain", true_gain(set.camera.sensor, settings.gain)).number("blur", settings.extra_blur);
  row.list("white", level_of(set.camera, white_surface(), light, settings));
  if (capture.lens_code) row.text("way", capture.lens_way == LensWay::kFromBelow ? "from_below" : "from_above");
  std::string charts;
  for (const ChartPlace& place : capture.charts) {
    std::vector<double> corners;
    for (const auto& [x, y] : chart_corners(place, set.camera.sensor.size)) corners.insert(corners.end(), {x, y});
    charts += (charts.empty() ? "" : ", ") + flow_list(corners);
  }
  if (capture.part == SetPart::kCharts) row.text("charts", "[" + charts + "]");
  return row.done();
}

}  // namespace

std::string truth_text(const SyntheticSet& set) {
  std::string out = "# what is true of this set; made by argent synth\nargent_calibration_truth: 1\ncamera: " + yaml_text(set.camera.name) +
                    "\nseed: " + std::to_string(set.options.seed) +
                    "\nfault: " + std::string(set.options.fault ? name_of(*set.options.fault) : "none") + "\n";
  out += sensor_text(set) + lens_text(set.camera.lens);
  out += "whites:  # R/G and B/G of white\n";
  out += curve_text(set.camera.sensitivities, "planckian", 1700, 12'000, planck);
  out += curve_text(set.camera.sensitivities, "daylight", 4000, 12'000, daylight);
  out += curve_text(set.camera.sensitivities, "natural", 2000, 10'000, natural_light);
  out += "illuminants:\n";
  for (const KnownLight& light : set.options.lights) out += light_text(set, light);
  out += "captures:  # white: level of white in the middle, R G B; charts: x, y of the corners of patches 0, 5, 23, 18 each\n";
  for (const SyntheticCapture& capture : set.captures) out += "  - " + capture_text(set, capture) + "\n";
  return out;
}

}  // namespace argent
