#include "calibration/profile/raspberry_pi_tuning.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "calibration/profile/awb_modes.h"
#include "calibration/profile/raspberry_pi_shading.h"
#include "calibration/profile/tuning_object.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kFullScale = 65536;  // levels of these files are on a 16-bit scale, whatever the sensor's

/// Version 1 has the algorithms as the file's own keys ("rpi.awb", later also without "rpi."), version 2 as a list of single ones.
std::map<std::string, TuningObject, std::less<>> algorithms_of(const YamlNode& root, std::string_view source) {
  std::map<std::string, TuningObject, std::less<>> out;
  const auto add = [&](const YamlNode& map) {
    for (std::size_t i = 0; i < map.keys.size(); i++) {
      if (map.items[i].kind == YamlNode::Kind::kMap) out.emplace(map.keys[i], TuningObject(map.items[i], map.keys[i], source));
    }
  };
  const YamlNode* list = root.find("algorithms");
  if (list == nullptr) {
    add(root);
  } else if (list->kind == YamlNode::Kind::kList) {
    for (const YamlNode& item : list->items) add(item);
  } else {
    throw Error(place_of(*list, source) + ": algorithms is " + std::string(name_of(list->kind)) + ", expected a list");
  }
  return out;
}

std::vector<CctPoint> curve_of(const TuningObject& awb) {
  const std::vector<float> flat = awb.numbers("ct_curve");
  if (flat.size() % 3 != 0) awb.fail("ct_curve has " + std::to_string(flat.size()) + " numbers, expected cct, red, blue of each point");
  std::vector<CctPoint> curve;
  for (std::size_t i = 0; i < flat.size(); i += 3) curve.push_back({flat[i], flat[i + 1], flat[i + 2]});
  return curve;
}

std::vector<LuxPrior> priors_of(const TuningObject& awb) {
  std::vector<LuxPrior> priors;
  for (const TuningObject& row : awb.objects("priors")) {
    LuxPrior prior;
    prior.lux = row.need("lux");
    const std::vector<float> flat = row.numbers("prior");
    if (flat.empty() || flat.size() % 2 != 0) row.fail("prior has " + std::to_string(flat.size()) + " numbers, expected pairs");
    for (std::size_t i = 0; i < flat.size(); i += 2) prior.points.push_back({flat[i], flat[i + 1]});
    priors.push_back(std::move(prior));
  }
  return priors;
}

void read_modes(const YamlNode& modes, std::string_view source, AwbModeRanges& ranges) {
  for (std::size_t i = 0; i < kAwbModeNames.size(); i++) {
    const YamlNode* found = modes.find(kAwbModeNames[i]);
    if (found == nullptr) continue;
    const TuningObject mode(*found, "rpi.awb.modes." + std::string(kAwbModeNames[i]), source);
    const CctRange range{mode.need("lo"), mode.need("hi")};
    if (!(range.min > 0 && range.max >= range.min)) mode.fail("has lo above hi, expected rising kelvin");
    ranges.*kAwbModeRanges[i] = range;
  }
}

/// More than rounding leaves.
bool has_tinted_row(const TuningObject& ccm) {
  constexpr float kRounded = 0.002f;
  bool any = false;
  for (const TuningObject& row : ccm.objects("ccms")) {
    const std::vector<float> m = row.numbers("ccm");
    for (std::size_t i = 0; i + 2 < m.size(); i += 3) any = any || std::abs(m[i] + m[i + 1] + m[i + 2] - 1) > kRounded;
  }
  return any;
}

std::vector<ColorCorrection> corrections_of(const TuningObject& ccm) {
  std::vector<ColorCorrection> out;
  for (const TuningObject& row : ccm.objects("ccms")) out.push_back({row.need("ct"), correction_of(row, "ccm")});
  return out;
}

/// A mesh where both a red and a blue table are for one cct. Gains are divided by the smallest: a shading gain is 1 or more.
std::vector<ShadingMesh> shading_of(const TuningObject& alsc) {
  std::vector<float> luminance = alsc.numbers("luminance_lut");
  const float strength = std::clamp(alsc.number("luminance_strength", 1), 0.0f, 1.0f);
  std::vector<ShadingMesh> meshes;
  const std::vector<TuningObject> reds = alsc.objects("calibrations_Cr"), blues = alsc.objects("calibrations_Cb");
  for (const TuningObject& red : reds) {
    const auto blue = std::find_if(blues.begin(), blues.end(), [&](const TuningObject& b) { return b.need("ct") == red.need("ct"); });
    if (blue == blues.end()) continue;
    std::vector<float> cr = red.numbers("table"), cb = blue->numbers("table");
    const auto is_of = [&](MeshSize size) { return cr.size() == static_cast<std::size_t>(size.count()); };
    if (cr.size() != cb.size() || !(is_of(kPispMesh) || is_of(kVc4Mesh))) {
      red.fail("has tables of " + std::to_string(cr.size()) + " and " + std::to_string(cb.size()) + " gains, expected 1024 or 192");
    }
    if (luminance.size() != cr.size()) luminance.assign(cr.size(), 1);
    ShadingMesh mesh;
    mesh.cct = red.need("ct");
    const MeshSize size = is_of(kPispMesh) ? kPispMesh : kVc4Mesh;
    mesh.columns = size.columns;
    mesh.rows = size.rows;
    std::vector<float> green;
    for (std::size_t i = 0; i < cr.size(); i++) {
      const float level = 1 + strength * (luminance[i] - 1);
      green.push_back(level);
      cr[i] *= level;
      cb[i] *= level;
      if (!(std::min({cr[i], cb[i], level}) > 0)) red.fail("has a gain that is not positive");
    }
    const float smallest = std::min(
        {*std::min_element(cr.begin(), cr.end()), *std::min_element(green.begin(), green.end()), *std::min_element(cb.begin(), cb.end())});
    mesh.gains = {nodes_of_cells(cr, size), nodes_of_cells(green, size), nodes_of_cells(cb, size)};
    for (auto& channel : mesh.gains) {
      for (float& gain : channel) gain = std::max(1.0f, gain / smallest);
    }
    meshes.push_back(std::move(mesh));
  }
  std::sort(meshes.begin(), meshes.end(), [](const ShadingMesh& a, const ShadingMesh& b) { return a.cct < b.cct; });
  return meshes;
}

void read_balance(const TuningObject& awb, std::string_view source, AutoWhiteBalanceParams& params) {
  params.prior.curve = curve_of(awb);
  params.prior.lux_priors = priors_of(awb);
  // The file's curve is a canonical sensor's; this one's R and B times the sensitivities are compared with it (awb_bayes.cpp).
  const float red = awb.number("sensitivity_r", 1), blue = awb.number("sensitivity_b", 1);
  if (!(red > 0 && blue > 0)) awb.fail("has a sensitivity that is not positive");
  for (CctPoint& point : params.prior.curve) {
    point.red /= red;
    point.blue /= blue;
  }
  const float scale = std::sqrt(red * blue);
  params.prior.transverse_positive = awb.number("transverse_pos", params.prior.transverse_positive) / scale;
  params.prior.transverse_negative = awb.number("transverse_neg", params.prior.transverse_negative) / scale;
  if (const YamlNode* modes = awb.find("modes")) read_modes(*modes, source, params.modes);
}

/// nullopt where the file does not say enough to tell lux.
std::optional<LuxReference> lux_reference_of(const TuningObject& lux) {
  const LuxReference out{lux.number("reference_lux", 0), lux.number("reference_shutter_speed", 0), lux.number("reference_gain", 1),
                         lux.number("reference_aperture", 1), lux.number("reference_Y", 0) / kFullScale};
  const bool complete = out.lux > 0 && out.exposure_us > 0 && out.analogue_gain > 0 && out.aperture > 0 && out.level > 0;
  return complete ? std::optional(out) : std::nullopt;
}

constexpr std::string_view kUsed[] = {"rpi.black_level", "rpi.lux", "rpi.noise", "rpi.awb", "rpi.alsc", "rpi.ccm"};

}  // namespace

RaspberryPiTuning load_raspberry_pi_tuning(const std::filesystem::path& path) {
  RaspberryPiTuning tuning = parse_raspberry_pi_tuning(read_yaml_file(path), path.string());
  tuning.camera.name = path.stem().string();
  return tuning;
}

RaspberryPiTuning parse_raspberry_pi_tuning(std::string_view json, std::string_view source) {
  const YamlNode root = parse_yaml(json, source);
  const TuningObject file(root, "the tuning", source);
  const auto algorithms = algorithms_of(root, source);
  const bool known = std::any_of(algorithms.begin(), algorithms.end(), [](const auto& entry) { return entry.first.starts_with("rpi."); });
  if (!known) throw Error(std::string(source) + ": no rpi. algorithm, expected a Raspberry Pi tuning");
  const auto find = [&](std::string_view name) -> const TuningObject* {
    const auto found = algorithms.find(name);
    return found == algorithms.end() ? nullptr : &found->second;
  };

  RaspberryPiTuning out;
  out.version = file.number("version", 1);
  const YamlNode* target = file.find("target");
  out.target = target != nullptr ? target->scalar : "bcm2835";
  if (const TuningObject* black = find("rpi.black_level")) {
    const float all = black->number("black_level", 4096);
    const float green = black->number("black_level_g", all);
    out.camera.black = {black->number("black_level_r", all), green, green, black->number("black_level_b", all)};
    out.camera.white = {kFullScale - 1, kFullScale - 1, kFullScale - 1, kFullScale - 1};
  }
  if (const TuningObject* awb = find("rpi.awb")) read_balance(*awb, source, out.camera.aaa.white_balance);
  if (const TuningObject* ccm = find("rpi.ccm")) {
    out.camera.isp.corrections = corrections_of(*ccm);
    out.scaled_corrections = has_tinted_row(*ccm);
  }
  if (const TuningObject* alsc = find("rpi.alsc")) out.camera.isp.shading = shading_of(*alsc);
  if (const TuningObject* noise = find("rpi.noise")) {
    out.noise_constant = noise->number("reference_constant", 0);
    out.noise_slope = noise->number("reference_slope", 0);
    // Variance = slope^2 x level where the constant is 0, as in nearly all files; both in 16-bit codes.
    out.camera.noise = {
        {1, {out.noise_slope * out.noise_slope / kFullScale, out.noise_constant * out.noise_constant / (kFullScale * kFullScale)}}};
  }
  if (const TuningObject* lux = find("rpi.lux")) out.camera.lux_reference = lux_reference_of(*lux);
  for (const auto& [name, object] : algorithms) {
    if (std::find(std::begin(kUsed), std::end(kUsed), name) == std::end(kUsed) && name.starts_with("rpi.")) out.unused.push_back(name);
  }
  check(out.camera, source);
  return out;
}

}  // namespace argent
