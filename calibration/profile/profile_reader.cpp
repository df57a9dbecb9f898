#include "calibration/profile/camera_profile.h"

// The YAML of a profile, schema version 1; profile_writer.cpp is its mirror.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <span>

#include "calibration/profile/awb_modes.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

/// One map of the document; errors say where it is in the file and in the profile.
class Table {
 public:
  /// Throws Error when `node` is no map or has a key that is not in `known`.
  Table(const YamlNode& node, std::string path, std::string_view source, std::span<const std::string_view> known)
      : node_(node), path_(std::move(path)), source_(source) {
    if (node.kind != YamlNode::Kind::kMap) fail(node, here(), "is " + std::string(name_of(node.kind)) + ", expected a map");
    for (std::size_t i = 0; i < node.keys.size(); i++) {
      if (std::find(known.begin(), known.end(), node.keys[i]) != known.end()) continue;
      fail_unknown(node.items[i], node.keys[i], known);
    }
  }

  const YamlNode* find(std::string_view key) const { return node_.find(key); }

  const YamlNode& need(std::string_view key) const {
    const YamlNode* found = find(key);
    if (found == nullptr) fail(node_, here(), "lacks " + std::string(key));
    return *found;
  }

  float number(std::string_view key) const { return number(need(key), path_of(key)); }

  int whole(std::string_view key) const { return whole(need(key), path_of(key)); }

  /// A list of exactly `count` numbers, or of any count when 0.
  std::vector<float> numbers(std::string_view key, std::size_t count = 0) const {
    const YamlNode& list = need(key);
    if (list.kind != YamlNode::Kind::kList)
      fail(list, path_of(key), "is " + std::string(name_of(list.kind)) + ", expected a list of numbers");
    if (count != 0 && list.items.size() != count) {
      fail(list, path_of(key), "has " + std::to_string(list.items.size()) + " numbers, expected " + std::to_string(count));
    }
    std::vector<float> values;
    for (const YamlNode& item : list.items) values.push_back(number(item, path_of(key)));
    return values;
  }

  Mat3 matrix(std::string_view key) const {
    const std::vector<float> values = numbers(key, 9);
    Mat3 matrix;
    std::copy(values.begin(), values.end(), matrix.begin());
    return matrix;
  }

  /// A map with these keys.
  Table map(std::string_view key, std::span<const std::string_view> known) const { return {need(key), path_of(key), source_, known}; }

  /// A list of maps with these keys.
  std::vector<Table> rows(std::string_view key, std::initializer_list<std::string_view> known) const {
    std::vector<Table> rows;
    const YamlNode* list = find(key);
    if (list == nullptr || list->kind == YamlNode::Kind::kNull) return rows;
    if (list->kind != YamlNode::Kind::kList) fail(*list, path_of(key), "is " + std::string(name_of(list->kind)) + ", expected a list");
    for (std::size_t i = 0; i < list->items.size(); i++) {
      rows.emplace_back(list->items[i], path_of(key) + "[" + std::to_string(i) + "]", source_, std::span(known.begin(), known.size()));
    }
    return rows;
  }

  std::string path_of(std::string_view key) const { return (path_.empty() ? "" : path_ + ".") + std::string(key); }

  [[noreturn]] void fail(const YamlNode& node, const std::string& path, const std::string& what) const {
    throw Error(place_of(node, source_) + ": " + path + " " + what);
  }

 private:
  std::string here() const { return path_.empty() ? "the profile" : path_; }

  [[noreturn]] void fail_unknown(const YamlNode& value, const std::string& key, std::span<const std::string_view> known) const {
    const std::string_view meant = nearest(key, known);
    std::string expected = meant.empty() ? ", expected one of" : ", did you mean " + path_of(meant);
    for (std::string_view name : known) {
      if (meant.empty()) expected += (name == known.front() ? " " : ", ") + std::string(name);
    }
    throw Error(place_of(value, source_) + ": unknown key " + path_of(shown(key)) + expected);
  }

  /// Through the same door as --set: one idea of what a number is.
  template <class Number>
  Number read(const YamlNode& node, const std::string& path, const char* expected) const {
    if (node.kind != YamlNode::Kind::kScalar) fail(node, path, "is " + std::string(name_of(node.kind)) + ", expected " + expected);
    Number value{};
    FieldList list;
    list.field(path, value, {});
    assign(list.fields().front(), node.scalar, place_of(node, source_));
    return value;
  }
  float number(const YamlNode& node, const std::string& path) const { return read<float>(node, path, "a number"); }
  int whole(const YamlNode& node, const std::string& path) const { return read<int>(node, path, "a whole number"); }

  const YamlNode& node_;
  std::string path_;
  std::string_view source_;
};

/// Kelvin of a light: `cct`, or `illuminant` with a name of CIE's or kelvin.
float cct_of(const Table& row) {
  struct Light {
    std::string_view name;
    int exif_code;
  };
  static constexpr Light kLights[] = {{"A", 17}, {"D50", 23}, {"D55", 20}, {"D65", 21}, {"D75", 22}};
  const YamlNode* illuminant = row.find("illuminant");
  if (illuminant == nullptr) return row.number("cct");
  if (row.find("cct") != nullptr) row.fail(*illuminant, row.path_of("illuminant"), "is given beside cct, expected one of them");
  for (const Light& light : kLights) {
    if (illuminant->scalar == light.name) return cct_of_exif_illuminant(light.exif_code).value();
  }
  float kelvin = 0;
  const std::string& text = illuminant->scalar;
  if (std::from_chars(text.data(), text.data() + text.size(), kelvin).ptr == text.data() + text.size() && !text.empty()) return kelvin;
  row.fail(*illuminant, row.path_of("illuminant"), "= " + shown(text) + ", expected A, D50, D55, D65, D75 or kelvin");
}

std::optional<std::array<float, 4>> levels_of(const Table& table, std::string_view key) {
  const YamlNode* node = table.find(key);
  if (node == nullptr) return std::nullopt;
  std::array<float, 4> levels;
  if (node->kind == YamlNode::Kind::kList) {
    const std::vector<float> values = table.numbers(key, 4);
    std::copy(values.begin(), values.end(), levels.begin());
  } else {
    levels.fill(table.number(key));
  }
  return levels;
}

std::optional<Size> native_size_of(const Table& table) {
  if (table.find("native_size") == nullptr) return std::nullopt;
  const std::vector<float> values = table.numbers("native_size", 2);
  constexpr float kLargest = 65535;
  for (float value : values) {
    if (value >= 1 && value <= kLargest && value == std::floor(value)) continue;
    table.fail(*table.find("native_size"), "native_size", "expected two whole numbers from 1 to 65535");
  }
  return Size{static_cast<int>(values[0]), static_cast<int>(values[1])};
}

void check_schema(const Table& table, std::string_view source) {
  const YamlNode* node = table.find("argent_profile");
  const std::string expected = "expected argent_profile: " + std::to_string(CameraProfile::kSchemaVersion);
  if (node == nullptr) throw Error(std::string(source) + ": has no schema version, " + expected);
  const int version = table.whole("argent_profile");
  if (version != CameraProfile::kSchemaVersion)
    throw Error(place_of(*node, source) + ": schema version " + std::to_string(version) + ", " + expected);
}

void read_lux_priors(const Table& table, IlluminantPrior& prior) {
  for (const Table& row : table.rows("lux_priors", {"lux", "points"})) {
    const std::vector<float> flat = row.numbers("points");
    if (flat.size() % 2 != 0) {
      row.fail(row.need("points"), row.path_of("points"), "has " + std::to_string(flat.size()) + " numbers, expected pairs");
    }
    LuxPrior& added = prior.lux_priors.emplace_back(LuxPrior{row.number("lux")});
    for (std::size_t i = 0; i < flat.size(); i += 2) added.points.push_back({flat[i], flat[i + 1]});
  }
}

void read_awb_modes(const Table& table, AwbModeRanges& modes) {
  const YamlNode* node = table.find("awb_modes");
  if (node == nullptr) return;
  const Table ranges = table.map("awb_modes", kAwbModeNames);
  for (std::size_t i = 0; i < kAwbModeNames.size(); i++) {
    if (ranges.find(kAwbModeNames[i]) == nullptr) continue;
    const std::vector<float> range = ranges.numbers(kAwbModeNames[i], 2);
    modes.*kAwbModeRanges[i] = {range[0], range[1]};
  }
}

std::optional<LuxReference> lux_reference_of(const Table& table) {
  if (table.find("lux_reference") == nullptr) return std::nullopt;
  constexpr std::array<std::string_view, 5> kKeys{"lux", "exposure_us", "analogue_gain", "aperture", "level"};
  const Table row = table.map("lux_reference", kKeys);
  const auto or_one = [&](std::string_view key) { return row.find(key) == nullptr ? 1.0f : row.number(key); };
  return LuxReference{row.number("lux"), row.number("exposure_us"), or_one("analogue_gain"), or_one("aperture"), row.number("level")};
}

void read_tables(const Table& table, CameraProfile& profile) {
  for (const Table& row : table.rows("matrices", {"cct", "illuminant", "xyz_to_camera"})) {
    profile.matrices.push_back({cct_of(row), row.matrix("xyz_to_camera")});
  }
  for (const Table& row : table.rows("corrections", {"cct", "illuminant", "camera_to_srgb"})) {
    profile.isp.corrections.push_back({cct_of(row), row.matrix("camera_to_srgb")});
  }
  for (const Table& row : table.rows("cct_curve", {"cct", "red", "blue"})) {
    profile.aaa.white_balance.prior.curve.push_back({row.number("cct"), row.number("red"), row.number("blue")});
  }
  read_lux_priors(table, profile.aaa.white_balance.prior);
  read_awb_modes(table, profile.aaa.white_balance.modes);
  if (table.find("transverse") != nullptr) {
    constexpr std::array<std::string_view, 2> kKeys{"positive", "negative"};
    const Table row = table.map("transverse", kKeys);
    profile.aaa.white_balance.prior.transverse_positive = row.number("positive");
    profile.aaa.white_balance.prior.transverse_negative = row.number("negative");
  }
  profile.lux_reference = lux_reference_of(table);
  for (const Table& row : table.rows("noise", {"analogue_gain", "shot", "read"})) {
    profile.noise.push_back({row.number("analogue_gain"), {row.number("shot"), row.number("read")}});
  }
  for (const Table& row : table.rows("shading", {"cct", "columns", "rows", "red", "green", "blue"})) {
    profile.isp.shading.push_back(
        {row.number("cct"), row.whole("columns"), row.whole("rows"), {row.numbers("red"), row.numbers("green"), row.numbers("blue")}});
  }
}

/// How lens and sensor answer.
void read_camera(const Table& table, std::string_view source, CameraProfile& profile) {
  for (const Table& row : table.rows("lens_map", {"dioptres", "code"}))
    profile.lens_map.push_back({row.number("dioptres"), row.number("code")});
  for (const Table& row : table.rows("gain_table", {"asked", "actual"}))
    profile.gain_table.push_back({row.number("asked"), row.number("actual")});
  if (const YamlNode* node = table.find("delays")) {
    static constexpr std::string_view kKeys[] = {"exposure", "gain"};
    const Table delays(*node, "delays", source, kKeys);
    profile.delays = SettingsDelays{delays.whole("exposure"), delays.whole("gain")};
  }
}

/// Pixels of native_size.
void read_bad_pixels(const Table& table, CameraProfile& profile) {
  const std::vector<Table> rows = table.rows("bad_pixels", {"x", "y"});
  if (rows.empty()) return;
  if (!profile.native_size) table.fail(*table.find("bad_pixels"), "bad_pixels", "needs native_size");
  for (const Table& row : rows) {
    const Size size = *profile.native_size;
    const int x = row.whole("x"), y = row.whole("y");
    if (x < 0 || y < 0 || x >= size.width || y >= size.height)
      row.fail(row.need("x"), row.path_of("x"), "lies outside of native_size, " + to_text(size));
    profile.isp.bad_pixels.push_back({(static_cast<float>(x) + 0.5f) / static_cast<float>(size.width),
                                      (static_cast<float>(y) + 0.5f) / static_cast<float>(size.height)});
  }
}

void read_parameters(const YamlNode& document, CameraProfile& profile, std::string_view source) {
  FieldList list;
  list.group("isp", profile.isp);
  list.group("aaa", profile.aaa);
  for (const char* group : {"isp", "aaa"}) {
    if (const YamlNode* node = document.find(group)) read_fields(list.fields(), *node, std::string(group) + ".", source);
  }
}

}  // namespace

CameraProfile parse_profile(std::string_view yaml, std::string_view source) {
  const YamlNode document = parse_yaml(yaml, source);
  static constexpr std::string_view kKeys[] = {"argent_profile", "name",  "native_size", "black",      "white",      "matrices",
                                               "corrections",    "dcp",   "cct_curve",   "transverse", "lux_priors", "awb_modes",
                                               "lux_reference",  "noise", "shading",     "bad_pixels", "lens_map",   "delays",
                                               "gain_table",     "isp",   "aaa"};
  const Table table(document, "", source, kKeys);
  check_schema(table, source);
  CameraProfile profile;
  if (const YamlNode* name = table.find("name")) {
    if (name->kind != YamlNode::Kind::kScalar) table.fail(*name, "name", "is " + std::string(name_of(name->kind)) + ", expected a text");
    profile.name = name->scalar;
  }
  if (const YamlNode* dcp = table.find("dcp")) {
    if (dcp->kind != YamlNode::Kind::kScalar) table.fail(*dcp, "dcp", "is " + std::string(name_of(dcp->kind)) + ", expected a file");
    profile.dcp = dcp->scalar;
  }
  profile.native_size = native_size_of(table);
  profile.black = levels_of(table, "black");
  profile.white = levels_of(table, "white");
  read_tables(table, profile);
  read_bad_pixels(table, profile);
  read_camera(table, source, profile);
  read_parameters(document, profile, source);
  check(profile, source);
  return profile;
}

}  // namespace argent
