#include "calibration/profile/raspberry_pi_tuning.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kFullScale = 65536;  // levels of these files are on a 16-bit scale, whatever the sensor's

/// One object of the file.
class Object {
 public:
  Object(const YamlNode& node, std::string path, std::string_view source) : node_(&node), path_(std::move(path)), source_(source) {
    if (node.kind != YamlNode::Kind::kMap) fail(node, "is " + std::string(name_of(node.kind)) + ", expected an object");
  }

  const YamlNode* find(std::string_view key) const { return node_->find(key); }

  float number(std::string_view key, float otherwise) const {
    const YamlNode* found = find(key);
    return found == nullptr ? otherwise : number(*found, key);
  }

  float need(std::string_view key) const {
    const YamlNode* found = find(key);
    if (found == nullptr) fail(*node_, "lacks " + std::string(key));
    return number(*found, key);
  }

  /// Empty when the key is absent.
  std::vector<float> numbers(std::string_view key) const {
    std::vector<float> values;
    for (const YamlNode* item : items(key)) values.push_back(number(*item, key));
    return values;
  }

  std::vector<Object> objects(std::string_view key) const {
    std::vector<Object> out;
    for (const YamlNode* item : items(key)) out.emplace_back(*item, path_ + "." + std::string(key), source_);
    return out;
  }

  [[noreturn]] void fail(const std::string& what) const { fail(*node_, what); }

 private:
  [[noreturn]] void fail(const YamlNode& node, const std::string& what) const {
    throw Error(place_of(node, source_) + ": " + path_ + " " + what);
  }

  std::vector<const YamlNode*> items(std::string_view key) const {
    const YamlNode* list = find(key);
    if (list == nullptr || list->kind == YamlNode::Kind::kNull) return {};
    if (list->kind != YamlNode::Kind::kList) {
      fail(*list, std::string(key) + " is " + std::string(name_of(list->kind)) + ", expected a list");
    }
    std::vector<const YamlNode*> out;
    for (const YamlNode& item : list->items) out.push_back(&item);
    if (!out.empty() && out.back()->kind == YamlNode::Kind::kNull) out.pop_back();  // what a trailing comma leaves
    return out;
  }

  float number(const YamlNode& node, std::string_view key) const {
    const std::string path = path_ + "." + std::string(key);
    if (node.kind != YamlNode::Kind::kScalar)
      fail(node, std::string(key) + " is " + std::string(name_of(node.kind)) + ", expected a number");
    float value = 0;
    FieldList list;
    list.field(path, value, {});
    assign(list.fields().front(), node.scalar, place_of(node, source_));
    return value;
  }

  const YamlNode* node_;
  std::string path_;
  std::string_view source_;
};

/// Version 1 has the algorithms as the file's own keys ("rpi.awb", later also without "rpi."), version 2 as a list of single ones.
std::map<std::string, Object, std::less<>> algorithms_of(const YamlNode& root, std::string_view source) {
  std::map<std::string, Object, std::less<>> out;
  const auto add = [&](const YamlNode& map) {
    for (std::size_t i = 0; i < map.keys.size(); i++) {
      if (map.items[i].kind == YamlNode::Kind::kMap) out.emplace(map.keys[i], Object(map.items[i], map.keys[i], source));
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

std::vector<CctPoint> curve_of(const Object& awb) {
  const std::vector<float> flat = awb.numbers("ct_curve");
  if (flat.size() % 3 != 0) awb.fail("ct_curve has " + std::to_string(flat.size()) + " numbers, expected cct, red, blue of each point");
  std::vector<CctPoint> curve;
  for (std::size_t i = 0; i < flat.size(); i += 3) curve.push_back({flat[i], flat[i + 1], flat[i + 2]});
  return curve;
}

std::vector<LuxPrior> priors_of(const Object& awb) {
  std::vector<LuxPrior> priors;
  for (const Object& row : awb.objects("priors")) {
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
  const auto read = [&](std::string_view name, CctRange& range) {
    const YamlNode* found = modes.find(name);
    if (found == nullptr) return;
    const Object mode(*found, "rpi.awb.modes." + std::string(name), source);
    range = {mode.need("lo"), mode.need("hi")};
    if (!(range.min > 0 && range.max >= range.min)) mode.fail("has lo above hi, expected rising kelvin");
  };
  read("auto", ranges.automatic);
  read("incandescent", ranges.incandescent);
  read("tungsten", ranges.tungsten);
  read("fluorescent", ranges.fluorescent);
  read("indoor", ranges.indoor);
  read("daylight", ranges.daylight);
  read("cloudy", ranges.cloudy);
}

std::vector<ColorCorrection> corrections_of(const Object& ccm) {
  std::vector<ColorCorrection> out;
  for (const Object& row : ccm.objects("ccms")) {
    ColorCorrection correction;
    correction.cct = row.need("ct");
    const std::vector<float> flat = row.numbers("ccm");
    if (flat.size() != 9) row.fail("ccm has " + std::to_string(flat.size()) + " numbers, expected 9");
    for (std::size_t i = 0; i < 9; i += 3) {  // the last digits of some files: rows that don't sum to 1 would tint white
      const float sum = flat[i] + flat[i + 1] + flat[i + 2];
      if (!(std::abs(sum - 1) < 0.1f)) row.fail("ccm has a row that sums to " + std::to_string(sum) + ", expected 1");
      for (std::size_t k = i; k < i + 3; k++) correction.camera_to_srgb[k] = flat[k] / sum;
    }
    out.push_back(correction);
  }
  return out;
}

/// Values of cell centres at nodes that lie on the borders.
std::vector<float> at_nodes(const std::vector<float>& cells, int columns, int rows) {
  const auto place = [](int node, int n) {
    return std::clamp(static_cast<float>(node) / static_cast<float>(n - 1) * static_cast<float>(n) - 0.5f, 0.0f, static_cast<float>(n - 1));
  };
  const auto cell = [&](int x, int y) {
    return cells[static_cast<std::size_t>(std::min(y, rows - 1) * columns + std::min(x, columns - 1))];
  };
  std::vector<float> out;
  for (int j = 0; j < rows; j++) {
    for (int i = 0; i < columns; i++) {
      const float x = place(i, columns), y = place(j, rows);
      const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
      const float fx = x - static_cast<float>(x0), fy = y - static_cast<float>(y0);
      out.push_back(std::lerp(std::lerp(cell(x0, y0), cell(x0 + 1, y0), fx), std::lerp(cell(x0, y0 + 1), cell(x0 + 1, y0 + 1), fx), fy));
    }
  }
  return out;
}

/// A mesh where both a red and a blue table are for one cct. Gains are divided by the smallest: a shading gain is 1 or more.
std::vector<ShadingMesh> shading_of(const Object& alsc) {
  std::vector<float> luminance = alsc.numbers("luminance_lut");
  const float strength = std::clamp(alsc.number("luminance_strength", 1), 0.0f, 1.0f);
  std::vector<ShadingMesh> meshes;
  const std::vector<Object> reds = alsc.objects("calibrations_Cr"), blues = alsc.objects("calibrations_Cb");
  for (const Object& red : reds) {
    const auto blue = std::find_if(blues.begin(), blues.end(), [&](const Object& b) { return b.need("ct") == red.need("ct"); });
    if (blue == blues.end()) continue;
    std::vector<float> cr = red.numbers("table"), cb = blue->numbers("table");
    if (cr.size() != cb.size() || (cr.size() != 32 * 32 && cr.size() != 16 * 12)) {
      red.fail("has tables of " + std::to_string(cr.size()) + " and " + std::to_string(cb.size()) + " gains, expected 1024 or 192");
    }
    if (luminance.size() != cr.size()) luminance.assign(cr.size(), 1);
    ShadingMesh mesh;
    mesh.cct = red.need("ct");
    mesh.columns = cr.size() == 32 * 32 ? 32 : 16;
    mesh.rows = cr.size() == 32 * 32 ? 32 : 12;
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
    mesh.gains = {at_nodes(cr, mesh.columns, mesh.rows), at_nodes(green, mesh.columns, mesh.rows), at_nodes(cb, mesh.columns, mesh.rows)};
    for (auto& channel : mesh.gains) {
      for (float& gain : channel) gain = std::max(1.0f, gain / smallest);
    }
    meshes.push_back(std::move(mesh));
  }
  std::sort(meshes.begin(), meshes.end(), [](const ShadingMesh& a, const ShadingMesh& b) { return a.cct < b.cct; });
  return meshes;
}

void read_balance(const Object& awb, std::string_view source, AutoWhiteBalanceParams& params) {
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

}  // namespace

RaspberryPiTuning load_raspberry_pi_tuning(const std::filesystem::path& path) {
  RaspberryPiTuning tuning = parse_raspberry_pi_tuning(read_yaml_file(path), path.string());
  tuning.camera.name = path.stem().string();
  return tuning;
}

RaspberryPiTuning parse_raspberry_pi_tuning(std::string_view json, std::string_view source) {
  const YamlNode root = parse_yaml(json, source);
  const Object file(root, "the tuning", source);
  const auto algorithms = algorithms_of(root, source);
  const bool known = std::any_of(algorithms.begin(), algorithms.end(), [](const auto& entry) { return entry.first.starts_with("rpi."); });
  if (!known) throw Error(std::string(source) + ": no rpi. algorithm, expected a Raspberry Pi tuning");
  const auto find = [&](std::string_view name) -> const Object* {
    const auto found = algorithms.find(name);
    return found == algorithms.end() ? nullptr : &found->second;
  };

  RaspberryPiTuning out;
  out.version = file.number("version", 1);
  const YamlNode* target = file.find("target");
  out.target = target != nullptr ? target->scalar : "bcm2835";
  if (const Object* black = find("rpi.black_level")) {
    const float all = black->number("black_level", 4096);
    const float green = black->number("black_level_g", all);
    out.camera.black = {black->number("black_level_r", all), green, green, black->number("black_level_b", all)};
    out.camera.white = {kFullScale - 1, kFullScale - 1, kFullScale - 1, kFullScale - 1};
  }
  if (const Object* awb = find("rpi.awb")) read_balance(*awb, source, out.camera.aaa.white_balance);
  if (const Object* ccm = find("rpi.ccm")) out.camera.isp.corrections = corrections_of(*ccm);
  if (const Object* alsc = find("rpi.alsc")) out.camera.isp.shading = shading_of(*alsc);
  if (const Object* noise = find("rpi.noise")) {
    out.noise_constant = noise->number("reference_constant", 0);
    out.noise_slope = noise->number("reference_slope", 0);
    // Variance = slope^2 x level where the constant is 0, as in nearly all files; both in 16-bit codes.
    out.camera.noise = {
        {1, {out.noise_slope * out.noise_slope / kFullScale, out.noise_constant * out.noise_constant / (kFullScale * kFullScale)}}};
  }
  if (const Object* lux = find("rpi.lux")) {
    out.lux = {lux->number("reference_lux", 0), lux->number("reference_shutter_speed", 0), lux->number("reference_gain", 1),
               lux->number("reference_aperture", 1), lux->number("reference_Y", 0) / kFullScale};
  }
  check(out.camera, source);
  return out;
}

}  // namespace argent
