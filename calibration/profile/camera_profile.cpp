#include "calibration/profile/camera_profile.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "calibration/profile/awb_modes.h"
#include "calibration/profile/dcp_file.h"
#include "isp/dng_color.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

constexpr float kLargestCode = 65535;
constexpr float kMinCct = 1000, kMaxCct = 100'000;  // kelvin; what lies outside is a slip of units
constexpr int kMaxMeshNodes = 1024;                 // a side
constexpr float kRowSumTolerance = 0.01f;           // published corrections are rounded to 4 or 5 digits

/// Says what is wrong with one part of a profile.
class Checker {
 public:
  explicit Checker(std::string_view source) : source_(source) {}

  [[noreturn]] void fail(const std::string& what) const { throw Error(std::string(source_) + ": " + what); }

  void range(const std::string& path, float value, float min, float max) const {
    if (value >= min && value <= max) return;  // false for not-a-number
    fail(path + " = " + text(value) + ", expected " + text(min) + " to " + text(max));
  }

  void positive(const std::string& path, float value) const {
    if (!(std::isfinite(value) && value > 0)) fail(path + " = " + text(value) + ", expected a positive number");
  }

  void not_negative(const std::string& path, float value) const {
    if (!(std::isfinite(value) && value >= 0)) fail(path + " = " + text(value) + ", expected a number from 0 up");
  }

  void finite(const std::string& path, std::span<const float> values) const {
    for (float value : values) {
      if (!std::isfinite(value)) fail(path + " holds " + text(value) + ", expected finite numbers");
    }
  }

  /// The members of a list rise; `of` gives the number that orders them.
  template <class Rows, class Of>
  void rising(const std::string& path, const std::string& name, const Rows& rows, Of of) const {
    for (std::size_t i = 1; i < rows.size(); i++) {
      if (of(rows[i]) > of(rows[i - 1])) continue;
      fail(element(path, i) + "." + name + " = " + text(of(rows[i])) + " does not exceed the " + text(of(rows[i - 1])) + " before it");
    }
  }

  static std::string element(const std::string& path, std::size_t i) { return path + "[" + std::to_string(i) + "]"; }

  static std::string text(float value) { return text_of({"", &value, {}}); }

 private:
  std::string_view source_;
};

void check_levels(const CameraProfile& profile, const Checker& checker) {
  for (std::size_t site = 0; site < 4; site++) {
    if (profile.black) checker.range("black", (*profile.black)[site], 0, kLargestCode);
    if (profile.white) checker.range("white", (*profile.white)[site], 0, kLargestCode);
    if (!profile.black || !profile.white || (*profile.white)[site] > (*profile.black)[site]) continue;
    checker.fail("white = " + Checker::text((*profile.white)[site]) + " is not above black = " + Checker::text((*profile.black)[site]));
  }
}

void check_matrices(const CameraProfile& profile, const Checker& checker) {
  for (std::size_t i = 0; i < profile.matrices.size(); i++) {
    const std::string path = Checker::element("matrices", i);
    checker.range(path + ".cct", profile.matrices[i].cct, kMinCct, kMaxCct);
    checker.finite(path + ".xyz_to_camera", profile.matrices[i].xyz_to_camera);
    if (!inverse(profile.matrices[i].xyz_to_camera)) checker.fail(path + ".xyz_to_camera is singular");
  }
  checker.rising("matrices", "cct", profile.matrices, [](const ColorMatrix& row) { return row.cct; });
}

void check_corrections(const std::vector<ColorCorrection>& corrections, const Checker& checker) {
  for (std::size_t i = 0; i < corrections.size(); i++) {
    const std::string path = Checker::element("corrections", i);
    const Mat3& m = corrections[i].camera_to_srgb;
    checker.range(path + ".cct", corrections[i].cct, kMinCct, kMaxCct);
    checker.finite(path + ".camera_to_srgb", m);
    if (!inverse(m)) checker.fail(path + ".camera_to_srgb is singular");
    for (std::size_t row = 0; row < 9; row += 3) {
      const float sum = m[row] + m[row + 1] + m[row + 2];
      if (std::abs(sum - 1) > kRowSumTolerance)
        checker.fail(path + ".camera_to_srgb has a row that sums to " + Checker::text(sum) + ", expected 1");
    }
  }
  checker.rising("corrections", "cct", corrections, [](const ColorCorrection& row) { return row.cct; });
}

void check_curve(const std::vector<CctPoint>& curve, const Checker& checker) {
  for (std::size_t i = 0; i < curve.size(); i++) {
    const std::string path = Checker::element("cct_curve", i);
    checker.range(path + ".cct", curve[i].cct, kMinCct, kMaxCct);
    checker.positive(path + ".red", curve[i].red);
    checker.positive(path + ".blue", curve[i].blue);
  }
  checker.rising("cct_curve", "cct", curve, [](const CctPoint& row) { return row.cct; });
}

void check_lux_priors(const std::vector<LuxPrior>& priors, const Checker& checker) {
  for (std::size_t i = 0; i < priors.size(); i++) {
    const std::string path = Checker::element("lux_priors", i);
    checker.not_negative(path + ".lux", priors[i].lux);
    if (priors[i].points.empty()) checker.fail(path + " has no points");
    for (const LuxPrior::Point& point : priors[i].points) checker.finite(path + ".points", std::array{point.cct, point.log_probability});
    checker.rising(path + ".points", "cct", priors[i].points, [](const LuxPrior::Point& point) { return point.cct; });
  }
  checker.rising("lux_priors", "lux", priors, [](const LuxPrior& row) { return row.lux; });
}

void check_balance(const AutoWhiteBalanceParams& balance, const Checker& checker) {
  check_curve(balance.prior.curve, checker);
  check_lux_priors(balance.prior.lux_priors, checker);
  checker.not_negative("transverse.positive", balance.prior.transverse_positive);
  checker.not_negative("transverse.negative", balance.prior.transverse_negative);
  for (const NamedRange& mode : named_ranges(balance.modes)) {
    if (mode.range.min >= 0 && mode.range.max >= mode.range.min && std::isfinite(mode.range.max)) continue;
    checker.fail("awb_modes." + std::string(mode.name) + " is " + Checker::text(mode.range.min) + " to " + Checker::text(mode.range.max) +
                 ", expected rising kelvin");
  }
}

void check_lux_reference(const LuxReference& lux, const Checker& checker) {
  checker.positive("lux_reference.lux", lux.lux);
  checker.positive("lux_reference.exposure_us", lux.exposure_us);
  checker.positive("lux_reference.analogue_gain", lux.analogue_gain);
  checker.positive("lux_reference.aperture", lux.aperture);
  checker.positive("lux_reference.level", lux.level);
  checker.range("lux_reference.level", lux.level, 0, 1);
}

void check_noise(const std::vector<NoisePoint>& noise, const Checker& checker) {
  for (std::size_t i = 0; i < noise.size(); i++) {
    const std::string path = Checker::element("noise", i);
    checker.positive(path + ".analogue_gain", noise[i].analogue_gain);
    checker.not_negative(path + ".shot", noise[i].noise.shot);
    checker.not_negative(path + ".read", noise[i].noise.read);
  }
  checker.rising("noise", "analogue_gain", noise, [](const NoisePoint& row) { return row.analogue_gain; });
}

/// What a camera's class says of a table of its points.
template <class Table, class Points>
void check_points(const std::string& path, const Points& points, const Checker& checker) {
  if (points.empty()) return;
  try {
    const Table table(points);
  } catch (const Error& error) {
    checker.fail(path + ": " + error.what());
  }
}

void check_camera(const CameraProfile& profile, const Checker& checker) {
  for (std::size_t i = 0; i < profile.lens_map.size(); i++) {
    constexpr float kNearest = 100, kLargestLensCode = 1e6f;  // dioptres: 1 cm
    const std::string path = Checker::element("lens_map", i);
    checker.range(path + ".dioptres", profile.lens_map[i].dioptres, 0, kNearest);
    checker.range(path + ".code", profile.lens_map[i].code, -kLargestLensCode, kLargestLensCode);
  }
  check_points<LensMap>("lens_map", profile.lens_map, checker);
  if (profile.delays) {
    checker.range("delays.exposure", static_cast<float>(profile.delays->exposure), 0, SettingsDelays::kMost);
    checker.range("delays.gain", static_cast<float>(profile.delays->gain), 0, SettingsDelays::kMost);
  }
  check_points<GainTable>("gain_table", profile.gain_table, checker);
}

std::string size_text(const ShadingMesh& mesh) { return std::to_string(mesh.columns) + "x" + std::to_string(mesh.rows); }

/// One channel of a mesh.
void check_gains(const std::vector<float>& gains, const ShadingMesh& mesh, const std::string& path, const Checker& checker) {
  if (gains.size() != static_cast<std::size_t>(mesh.columns * mesh.rows)) {
    checker.fail(path + " of " + size_text(mesh) + " has " + std::to_string(gains.size()) + " gains in a channel");
  }
  checker.finite(path, gains);
  const auto below = std::find_if(gains.begin(), gains.end(), [](float gain) { return gain < 1; });
  if (below != gains.end()) checker.fail(path + " has the gain " + Checker::text(*below) + ", expected 1 or more");
}

void check_mesh(const ShadingMesh& mesh, const ShadingMesh& first, const std::string& path, const Checker& checker) {
  checker.range(path + ".cct", mesh.cct, kMinCct, kMaxCct);
  checker.range(path + ".columns", static_cast<float>(mesh.columns), 1, kMaxMeshNodes);
  checker.range(path + ".rows", static_cast<float>(mesh.rows), 1, kMaxMeshNodes);
  if (mesh.columns != first.columns || mesh.rows != first.rows) {
    checker.fail(path + " is " + size_text(mesh) + ", the first " + size_text(first));
  }
  for (const std::vector<float>& gains : mesh.gains) check_gains(gains, mesh, path, checker);
}

void check_shading(const std::vector<ShadingMesh>& shading, const Checker& checker) {
  for (std::size_t i = 0; i < shading.size(); i++) check_mesh(shading[i], shading[0], Checker::element("shading", i), checker);
  checker.rising("shading", "cct", shading, [](const ShadingMesh& row) { return row.cct; });
}

/// Noise follows powers of the gain (shot its first, read its second where it is the amplifier's): straight in log-log.
float interpolated(float a, float b, float t) {
  if (a > 0 && b > 0) return std::exp(std::lerp(std::log(a), std::log(b), t));
  return std::lerp(a, b, t);
}

NoiseModel noise_at(const std::vector<NoisePoint>& points, float gain) {
  const auto above = std::find_if(points.begin(), points.end(), [&](const NoisePoint& point) { return point.analogue_gain >= gain; });
  if (above == points.begin()) return points.front().noise;
  if (above == points.end()) return points.back().noise;
  if (above->analogue_gain == gain) return above->noise;
  const NoisePoint& below = *(above - 1);
  const float t = std::log(gain / below.analogue_gain) / std::log(above->analogue_gain / below.analogue_gain);
  return {interpolated(below.noise.shot, above->noise.shot, t), interpolated(below.noise.read, above->noise.read, t)};
}

}  // namespace

CameraProfile load_profile(const std::filesystem::path& path) {
  CameraProfile profile = parse_profile(read_yaml_file(path), path.string());
  AutoWhiteBalanceParams& balance = profile.aaa.white_balance;
  if (!balance.weights.empty()) balance.model = load_light_model(path.parent_path() / balance.weights);
  if (!profile.dcp.empty()) profile.color = std::make_shared<const DngProfile>(load_dcp(path.parent_path() / profile.dcp));
  return profile;
}

void save_profile(const CameraProfile& profile, const std::filesystem::path& path, Overwrite overwrite) {
  check(profile, path.string());
  write_file(path, write_profile(profile), overwrite);
}

void check(const CameraProfile& profile, std::string_view source) {
  const Checker checker(source);
  if (profile.native_size) {
    checker.range("native_size", static_cast<float>(profile.native_size->width), 1, kLargestCode);
    checker.range("native_size", static_cast<float>(profile.native_size->height), 1, kLargestCode);
  }
  check_levels(profile, checker);
  check_matrices(profile, checker);
  check_corrections(profile.isp.corrections, checker);
  check_balance(profile.aaa.white_balance, checker);
  if (profile.lux_reference) check_lux_reference(*profile.lux_reference, checker);
  if (!profile.dcp.empty() && !(profile.matrices.empty() && profile.isp.corrections.empty())) {
    checker.fail("dcp is given beside matrices or corrections, expected one of them");
  }
  check_noise(profile.noise, checker);
  check_camera(profile, checker);
  check_shading(profile.isp.shading, checker);
  if (!profile.isp.bad_pixels.empty() && !profile.native_size) checker.fail("bad_pixels needs native_size");
  for (const PixelPlace& place : profile.isp.bad_pixels) {
    if (!(place.x >= 0 && place.x < 1 && place.y >= 0 && place.y < 1)) checker.fail("bad_pixels has one outside of the picture");
  }
  CameraProfile copy = profile;  // describe() needs something to point into
  FieldList list;
  list.group("isp", copy.isp);
  list.group("aaa", copy.aaa);
  check(list.fields(), source);
}

void apply(const CameraProfile& profile, RawFrame& frame) {
  if (profile.black) frame.sensor.black = *profile.black;
  if (profile.white) frame.sensor.white = *profile.white;
  if (!profile.matrices.empty()) {
    frame.sensor.matrices = profile.matrices;
    if (frame.dng_profile) frame.dng_profile = std::make_shared<const DngProfile>(applied_to({}, frame.dng_profile.get()));
  }
  if (profile.color) apply(*profile.color, frame);
  if (!profile.noise.empty()) frame.sensor.noise = noise_at(profile.noise, frame.applied.settings.analogue_gain);
}

}  // namespace argent
