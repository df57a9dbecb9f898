#include "isp/io/mosaic_description.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include "isp/number_text.h"
#include "isp/params.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<std::string_view, 7> kCfaNames{"rggb", "grbg", "gbrg", "bggr", "mono", "xtrans", "rgb"};  // in CfaPattern's order
constexpr std::size_t kMosaics = 6;                                                                            // the last is no mosaic
constexpr std::uintmax_t kMaxDescriptionBytes = 1 << 20;

/// CIE 15:2018, table T.1 and T.8, and for TL84 Philips' data sheet: correlated color temperatures in kelvin.
constexpr std::array<std::pair<std::string_view, float>, 12> kIlluminants{{{"A", 2856},
                                                                           {"B", 4874},
                                                                           {"C", 6774},
                                                                           {"D50", 5003},
                                                                           {"D55", 5503},
                                                                           {"D65", 6504},
                                                                           {"D75", 7504},
                                                                           {"E", 5454},
                                                                           {"F2", 4230},
                                                                           {"F7", 6500},
                                                                           {"F11", 4000},
                                                                           {"TL84", 4000}}};
constexpr std::array<std::string_view, 20> kKeys{
    "size", "cfa",      "cfa_phase",         "bits",        "packing", "black", "white",  "matrices",  "as_shot_gains", "exposure_us",
    "iso",  "f_number", "baseline_exposure", "orientation", "make",    "model", "offset", "row_bytes", "noise",         "applied"};
constexpr std::array<std::string_view, 9> kAppliedKeys{"exposure_us",       "analogue_gain", "lens_position", "f_number", "timestamp_us",
                                                       "frame_duration_us", "line_time_us",  "sequence",      "decision"};
constexpr std::array<std::string_view, 2> kMatrixKeys{"illuminant", "xyz_to_camera"};

/// "line 3: size"
std::string where(const YAML::Node& node, std::string_view key) {
  const std::string line = node.Mark().line < 0 ? "" : "line " + std::to_string(node.Mark().line + 1) + ": ";
  return line + std::string(key);
}

[[noreturn]] void fail(const YAML::Node& node, std::string_view key, const std::string& expected) {
  const std::string found = node.IsScalar()     ? " = " + node.Scalar()
                            : node.IsSequence() ? " is a list"
                            : node.IsMap()      ? " is a map"
                                                : " is empty";
  throw Error(where(node, key) + found + ", expected " + expected);
}

struct Range {
  double min, max;
};

template <class Number>
Number number_of(const YAML::Node& node, std::string_view key, Range range) {
  const std::string expected = (std::is_integral_v<Number> ? "a whole number from " : "a number from ") + shortest_text(range.min) +
                               " to " + shortest_text(range.max);
  Number value{};
  if (!node.IsScalar() || !YAML::convert<Number>::decode(node, value)) fail(node, key, expected);
  if (!(value >= range.min && value <= range.max)) fail(node, key, expected);  // not a number fails too
  return value;
}

template <std::size_t count>
std::array<float, count> numbers_of(const YAML::Node& node, std::string_view key, Range range) {
  if (!node.IsSequence() || node.size() != count) fail(node, key, "a list of " + std::to_string(count) + " numbers");
  std::array<float, count> values{};
  for (std::size_t i = 0; i < count; i++) values[i] = number_of<float>(node[i], key, range);
  return values;
}

std::array<float, 4> levels_of(const YAML::Node& node, std::string_view key, Range range) {
  if (node.IsSequence()) return numbers_of<4>(node, key, range);
  std::array<float, 4> levels;
  levels.fill(number_of<float>(node, key, range));
  return levels;
}

std::string text_of(const YAML::Node& node, std::string_view key) {
  if (!node.IsScalar()) fail(node, key, "text");
  return node.Scalar();
}

/// Calls visit(key, value) for each entry of a map with known keys, none twice.
template <class Visit>
void for_each_entry(const YAML::Node& map, std::string_view name, std::span<const std::string_view> known, const Visit& visit) {
  if (!map.IsMap()) fail(map, name, "a map of keys and values");
  std::set<std::string> seen;
  for (const auto& entry : map) {
    const std::string key = text_of(entry.first, "a key");
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string_view near = nearest(key, known);
      throw Error(where(entry.first, "unknown key ") + key + (near.empty() ? "" : ", did you mean " + std::string(near)));
    }
    if (!seen.insert(key).second) throw Error(where(entry.first, "key ") + key + " is there twice");
    visit(key, entry.second);
  }
}

float kelvin_of(const YAML::Node& node) {
  const std::string name = text_of(node, "illuminant");
  for (const auto& [known, kelvin] : kIlluminants) {
    if (name == known) return kelvin;
  }
  float kelvin = 0;
  constexpr float kLowest = 1000, kHighest = 40'000;  // beyond any calibration light
  if (YAML::convert<float>::decode(node, kelvin) && kelvin >= kLowest && kelvin <= kHighest) return kelvin;
  std::string names;
  for (const auto& known : kIlluminants) names += std::string(known.first) + " ";
  fail(node, "illuminant", "one of " + names + "or kelvin from 1000 to 40000");
}

ColorMatrix matrix_of(const YAML::Node& node) {
  ColorMatrix matrix;
  bool has_light = false, has_numbers = false;
  for_each_entry(node, "matrices", kMatrixKeys, [&](const std::string& key, const YAML::Node& value) {
    if (key == "illuminant") {
      matrix.cct = kelvin_of(value);
      has_light = true;
    } else {
      matrix.xyz_to_camera = numbers_of<9>(value, key, {-100, 100});
      has_numbers = true;
    }
  });
  if (!has_light || !has_numbers) throw Error(where(node, "matrices") + ": expected illuminant and xyz_to_camera");
  if (!inverse(matrix.xyz_to_camera)) throw Error(where(node, "xyz_to_camera") + " cannot be inverted");
  return matrix;
}

std::vector<ColorMatrix> matrices_of(const YAML::Node& node) {
  if (!node.IsSequence()) fail(node, "matrices", "a list");
  std::vector<ColorMatrix> matrices;
  for (const YAML::Node& entry : node) matrices.push_back(matrix_of(entry));
  std::sort(matrices.begin(), matrices.end(), [](const ColorMatrix& a, const ColorMatrix& b) { return a.cct < b.cct; });
  return matrices;
}

Packing packing_of(const YAML::Node& node) {
  const std::string name = text_of(node, "packing");
  if (name == "bytes") return Packing::kBytes;
  if (name == "mipi") return Packing::kMipi;
  fail(node, "packing", "bytes or mipi");
}

/// Facts about the layout of the file and the sensor; false when the key is not one of them.
bool read_layout(MosaicDescription& d, const std::string& key, const YAML::Node& value) {
  constexpr Range kCodes{0, 65'535}, kBytes{0, std::numeric_limits<int>::max()};
  if (key == "size") {
    d.size = size_from_text(text_of(value, key));
  } else if (key == "cfa") {
    d.cfa = cfa_from_name(text_of(value, key));
  } else if (key == "cfa_phase") {
    const auto [x, y] = numbers_of<2>(value, key, {0, 5});
    d.cfa_phase = CfaPhase{static_cast<int>(x), static_cast<int>(y)};
    if (static_cast<float>(d.cfa_phase->x) != x || static_cast<float>(d.cfa_phase->y) != y) fail(value, key, "two whole numbers");
  } else if (key == "bits") {
    d.bits = number_of<int>(value, key, {8, 16});
  } else if (key == "packing") {
    d.packing = packing_of(value);
  } else if (key == "offset") {
    d.offset = number_of<int>(value, key, kBytes);
  } else if (key == "row_bytes") {
    d.row_bytes = number_of<int>(value, key, kBytes);
  } else if (key == "black") {
    d.black = levels_of(value, key, kCodes);
  } else if (key == "white") {
    d.white = levels_of(value, key, kCodes);
  } else if (key == "matrices") {
    d.matrices = matrices_of(value);
  } else if (key == "noise") {
    const auto [shot, read] = numbers_of<2>(value, key, {0, 1});
    d.noise = NoiseModel{shot, read};
  } else {
    return false;
  }
  return true;
}

Applied applied_of(const YAML::Node& node) {
  constexpr Range kTime{0, 1e18}, kCount{0, 1e18};
  Applied out;
  for_each_entry(node, "applied", kAppliedKeys, [&](const std::string& key, const YAML::Node& value) {
    const auto time = [&](Range range) { return Microseconds(number_of<double>(value, key, range)); };
    if (key == "exposure_us") {
      out.settings.exposure = time({0, 1e11});
    } else if (key == "analogue_gain") {
      out.settings.analogue_gain = number_of<float>(value, key, {1e-3, 1e6});
    } else if (key == "lens_position") {
      out.settings.lens_position = number_of<float>(value, key, {-100, 1000});
    } else if (key == "f_number") {
      out.f_number = number_of<float>(value, key, {0, 1000});
    } else if (key == "timestamp_us") {
      out.timestamp = time(kTime);
    } else if (key == "frame_duration_us") {
      out.frame_duration = time(kTime);
    } else if (key == "line_time_us") {
      out.line_time = time(kTime);
    } else {
      (key == "sequence" ? out.sequence : out.decision) = number_of<std::uint64_t>(value, key, kCount);
    }
  });
  return out;
}

void read_capture(MosaicDescription& d, const std::string& key, const YAML::Node& value) {
  if (key == "applied") {
    d.applied = applied_of(value);
  } else if (key == "as_shot_gains") {
    d.as_shot_gains = numbers_of<3>(value, key, {0.01, 100});
  } else if (key == "exposure_us") {
    d.exposure_us = number_of<float>(value, key, {0, 1e11});
  } else if (key == "iso") {
    d.iso = number_of<float>(value, key, {1, 1e8});
  } else if (key == "f_number") {
    d.f_number = number_of<float>(value, key, {0.1, 1000});
  } else if (key == "baseline_exposure") {
    d.baseline_exposure = number_of<float>(value, key, {-20, 20});
  } else if (key == "orientation") {
    d.orientation = static_cast<Orientation>(number_of<int>(value, key, {1, 8}));
  } else if (key == "make") {
    d.make = text_of(value, key);
  } else {
    d.model = text_of(value, key);
  }
}

std::string contents_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) throw Error("no such file");
  if (!std::filesystem::is_regular_file(path, error)) throw Error("is no regular file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kMaxDescriptionBytes) throw Error("is no description: more than " + std::to_string(kMaxDescriptionBytes) + " bytes");
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) throw Error("cannot be read");
  return text;
}

int pixels_of(std::string_view text, std::string_view whole) {
  int pixels = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pixels);
  if (error == std::errc() && end == text.data() + text.size() && pixels >= 1) return pixels;
  throw Error("size " + std::string(whole) + ", expected WIDTHxHEIGHT such as 1920x1080");
}

template <class Value>
void prefer(std::optional<Value>& base, const std::optional<Value>& over) {
  if (over) base = over;
}

}  // namespace

MosaicDescription parse_mosaic_description(const std::string& yaml) try {
  const YAML::Node root = YAML::Load(yaml);
  if (!root.IsMap()) throw Error("is no description: expected keys and values such as size: 1920x1080");
  MosaicDescription description;
  for_each_entry(root, "description", kKeys, [&](const std::string& key, const YAML::Node& value) {
    if (!read_layout(description, key, value)) read_capture(description, key, value);
  });
  return description;
} catch (const YAML::Exception& error) {
  throw Error("line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
}

MosaicDescription load_mosaic_description(const std::filesystem::path& path) {
  try {
    return parse_mosaic_description(contents_of(path));
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  }
}

MosaicDescription merge(MosaicDescription base, const MosaicDescription& over) {
  prefer(base.size, over.size);
  prefer(base.cfa, over.cfa);
  prefer(base.cfa_phase, over.cfa_phase);
  prefer(base.bits, over.bits);
  prefer(base.packing, over.packing);
  prefer(base.black, over.black);
  prefer(base.white, over.white);
  if (!over.matrices.empty()) base.matrices = over.matrices;
  prefer(base.as_shot_gains, over.as_shot_gains);
  prefer(base.exposure_us, over.exposure_us);
  prefer(base.iso, over.iso);
  prefer(base.f_number, over.f_number);
  prefer(base.baseline_exposure, over.baseline_exposure);
  prefer(base.orientation, over.orientation);
  prefer(base.noise, over.noise);
  if (over.applied) {
    base.applied = over.applied;
  } else if (base.applied) {  // which would win over what was said of its parts
    if (over.exposure_us) base.applied->settings.exposure = Microseconds(*over.exposure_us);
    if (over.iso) base.applied->settings.analogue_gain = *over.iso / 100;
    if (over.f_number) base.applied->f_number = *over.f_number;
  }
  if (!over.make.empty()) base.make = over.make;
  if (!over.model.empty()) base.model = over.model;
  prefer(base.offset, over.offset);
  prefer(base.row_bytes, over.row_bytes);
  return base;
}

CfaPattern cfa_from_name(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found = std::find(kCfaNames.begin(), kCfaNames.begin() + kMosaics, lower);
  if (found != kCfaNames.begin() + kMosaics) return static_cast<CfaPattern>(found - kCfaNames.begin());
  std::string names;
  for (std::size_t i = 0; i < kMosaics; i++) names += (i ? " " : "") + std::string(kCfaNames[i]);
  throw Error("cfa " + std::string(name) + ", expected one of " + names);
}

std::string_view name_of(CfaPattern cfa) { return kCfaNames[static_cast<std::size_t>(cfa)]; }

Size size_from_text(std::string_view text) {
  const std::size_t cross = std::min(text.find_first_of("xX"), text.size());
  return {pixels_of(text.substr(0, cross), text), pixels_of(text.substr(std::min(cross + 1, text.size())), text)};
}

}  // namespace argent
