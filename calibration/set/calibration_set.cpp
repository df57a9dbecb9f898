#include "calibration/set/calibration_set.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <span>

#include "isp/io/mosaic_file.h"
#include "isp/io/raw_file.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr int kSchemaVersion = 1;
constexpr std::string_view kSetFile = "set.yaml";
constexpr std::size_t kMostCaptures = 10'000;
constexpr std::size_t kLongestText = 1000;  // a path's
constexpr std::array<std::string_view, 8> kKinds{"chart", "flat", "dark", "ramp", "focus", "edge", "dots", "step"};

/// One number of a capture, its key and range.
struct Entry {
  std::string_view key;
  std::optional<float> LabelledCapture::*member;
  double min, max;
};
constexpr Entry kEntries[] = {
    {"cct", &LabelledCapture::cct, 1000, 100'000},
    {"lux", &LabelledCapture::lux, 0, 1e6},
    {"distance", &LabelledCapture::distance, 0.001, 1e6},
    {"lens_position", &LabelledCapture::lens_position, -1e6, 1e6},
    {"exposure_us", &LabelledCapture::exposure_us, 0.1, 1e9},
    {"gain", &LabelledCapture::gain, 0.01, 10'000},
    {"asked_exposure_us", &LabelledCapture::asked_exposure_us, 0.1, 1e9},
    {"asked_gain", &LabelledCapture::asked_gain, 0.01, 10'000},
};
constexpr std::array<std::string_view, 12> kKeys{"file",        "kind", "illuminant",        "chart",
                                                 "cct",         "lux",  "distance",          "lens_position",
                                                 "exposure_us", "gain", "asked_exposure_us", "asked_gain"};

[[noreturn]] void fail(const YamlNode& node, std::string_view source, const std::string& what) {
  throw Error(place_of(node, source) + ": " + what);
}

void check_keys(const YamlNode& map, std::span<const std::string_view> known, std::string_view source) {
  if (map.kind != YamlNode::Kind::kMap) fail(map, source, "is " + std::string(name_of(map.kind)) + ", expected a map");
  for (std::size_t i = 0; i < map.keys.size(); i++) {
    if (std::find(known.begin(), known.end(), map.keys[i]) != known.end()) continue;
    const std::string_view meant = nearest(map.keys[i], known);
    fail(map.items[i], source, "unknown key " + shown(map.keys[i]) + (meant.empty() ? "" : ", did you mean " + std::string(meant)));
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// What ends up in messages, other files and calls of the system: one line, without a zero byte that would end it early.
std::string text_of(const YamlNode& node, std::string_view key, std::string_view source) {
  if (node.kind != YamlNode::Kind::kScalar)
    fail(node, source, std::string(key) + " is " + std::string(name_of(node.kind)) + ", expected a text");
  if (node.scalar.size() > kLongestText || std::any_of(node.scalar.begin(), node.scalar.end(), is_control))
    fail(node, source,
         std::string(key) + " = " + shown(node.scalar) + ", expected one line of at most " + std::to_string(kLongestText) + " characters");
  return node.scalar;
}

float number_of(const YamlNode& node, std::string_view key, double min, double max, std::string_view source) {
  float value = 0;
  FieldList list;
  list.field(key, value, {.min = min, .max = max});
  if (node.kind != YamlNode::Kind::kScalar)
    fail(node, source, std::string(key) + " is " + std::string(name_of(node.kind)) + ", expected a number");
  assign(list.fields().front(), node.scalar, place_of(node, source));
  return value;
}

CaptureKind kind_of(const YamlNode& node, std::string_view source) {
  const std::string name = text_of(node, "kind", source);
  const auto found = std::find(kKinds.begin(), kKinds.end(), name);
  if (found != kKinds.end()) return static_cast<CaptureKind>(found - kKinds.begin());
  std::string names;
  for (std::string_view kind : kKinds) names += (names.empty() ? "" : ", ") + std::string(kind);
  fail(node, source, "kind = " + shown(name) + ", expected one of " + names);
}

std::array<float, 8> corners_of(const YamlNode& node, std::string_view source) {
  if (node.kind != YamlNode::Kind::kList || node.items.size() != 8)
    fail(node, source, "chart is " + std::string(name_of(node.kind)) + ", expected eight numbers: x, y of four corners");
  std::array<float, 8> out;
  for (std::size_t i = 0; i < out.size(); i++) out[i] = number_of(node.items[i], "chart", 0, 1, source);
  return out;
}

/// A name of a file inside the folder: nothing that leads out of it, and one name for one file.
fs::path inside(const fs::path& folder, const YamlNode& node, std::string_view key, std::string_view source) {
  const fs::path name = text_of(node, key, source);
  const bool leads_out = name.empty() || name.is_absolute() || std::find(name.begin(), name.end(), "..") != name.end();
  if (leads_out) fail(node, source, std::string(key) + " = " + shown(name.string()) + ", expected a file inside the folder");
  return folder / name.lexically_normal();
}

LabelledCapture capture_of(const YamlNode& row, const fs::path& folder, std::string_view source) {
  check_keys(row, kKeys, source);
  LabelledCapture label;
  const YamlNode *file = row.find("file"), *kind = row.find("kind");
  if (file == nullptr || kind == nullptr) fail(row, source, "a capture without " + std::string(file == nullptr ? "file" : "kind"));
  label.file = inside(folder, *file, "file", source);
  label.kind = kind_of(*kind, source);
  if (const YamlNode* light = row.find("illuminant")) label.illuminant = text_of(*light, "illuminant", source);
  if (const YamlNode* chart = row.find("chart")) label.chart = corners_of(*chart, source);
  for (const Entry& entry : kEntries) {
    if (const YamlNode* node = row.find(entry.key)) label.*entry.member = number_of(*node, entry.key, entry.min, entry.max, source);
  }
  return label;
}

void read_set(const fs::path& path, CalibrationSet& set) {
  const std::string source = path.string();
  const YamlNode root = parse_yaml(read_yaml_file(path), source);
  constexpr std::array<std::string_view, 4> kKnown{"argent_calibration_set", "camera", "mosaics", "captures"};
  check_keys(root, kKnown, source);
  const YamlNode *version = root.find("argent_calibration_set"), *captures = root.find("captures");
  if (version == nullptr || version->scalar != std::to_string(kSchemaVersion))
    fail(version == nullptr ? root : *version, source, "expected argent_calibration_set: " + std::to_string(kSchemaVersion));
  if (const YamlNode* camera = root.find("camera")) set.camera = text_of(*camera, "camera", source);
  if (const YamlNode* mosaics = root.find("mosaics")) set.mosaics = inside(set.folder, *mosaics, "mosaics", source);
  if (captures == nullptr || captures->kind != YamlNode::Kind::kList)
    fail(captures == nullptr ? root : *captures, source, "expected a list of captures");
  if (captures->items.size() > kMostCaptures)
    fail(*captures, source, std::to_string(captures->items.size()) + " captures, expected at most " + std::to_string(kMostCaptures));
  std::set<fs::path> named;
  for (const YamlNode& row : captures->items) {
    LabelledCapture label = capture_of(row, set.folder, source);
    std::error_code error;
    if (named.contains(label.file)) {
      set.problems.push_back(place_of(row, source) + ": " + label.file.filename().string() + " is named twice, the first counts");
    } else if (!fs::is_regular_file(label.file, error)) {
      set.problems.push_back(place_of(row, source) + ": " + label.file.string() + " is not there");
    } else {
      named.insert(label.file);
      set.captures.push_back(std::move(label));
    }
  }
}

bool may_be_capture(const fs::path& file) { return is_mosaic_file(file) || is_raw_file(file); }

/// The folder's files that may be captures, by their names. Those whose names are no text are problems.
std::vector<fs::path> files_of(CalibrationSet& set) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(set.folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().starts_with(".")) continue;
    std::error_code vanished;  // between the listing and the question
    if (at->is_regular_file(vanished) && may_be_capture(at->path())) files.push_back(at->path());
    if (files.size() > kMostCaptures) throw Error(set.folder.string(), ": more than ", kMostCaptures, " captures");
  }
  if (error) throw Error(set.folder.string(), ": ", error.message());
  std::sort(files.begin(), files.end());
  std::erase_if(files, [&](const fs::path& file) {
    std::string name = file.filename().string();
    if (std::none_of(name.begin(), name.end(), is_control)) return false;
    std::replace_if(name.begin(), name.end(), is_control, '?');
    set.problems.push_back((set.folder / name).string() + ": a name with characters that are no text");
    return true;
  });
  return files;
}

void read_names(CalibrationSet& set) {
  for (const fs::path& file : files_of(set)) {
    if (std::optional<LabelledCapture> label = label_of_name(file)) {
      set.captures.push_back(std::move(*label));
    } else {
      set.problems.push_back(file.string() +
                             ": the name doesn't say what it is, expected alsc_3000k_0, dark_0, cac_0 or d65_5858k_1344l, "
                             "or a set.yaml that does");
    }
  }
}

/// Files beside those that set.yaml names: forgotten, most likely.
void find_forgotten(CalibrationSet& set) {
  std::set<fs::path> named;
  for (const LabelledCapture& label : set.captures) named.insert(label.file);
  for (const fs::path& file : files_of(set)) {
    if (!named.contains(file)) set.problems.push_back(file.string() + ": set.yaml doesn't say what it is");
  }
}

/// "3000k" is 3000 of `unit` 'k'.
std::optional<float> amount(std::string_view part, char unit) {
  if (part.size() < 2 || (part.back() | 0x20) != unit) return std::nullopt;
  float value = 0;
  const char* end = part.data() + part.size() - 1;
  const auto [rest, error] = std::from_chars(part.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || rest != end || !(value >= 0)) return std::nullopt;
  return value;
}

std::vector<std::string> parts_of(const fs::path& file) {
  std::string name = file.filename().string();
  name = name.substr(0, name.find('.'));
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('_', at), name.size());
    parts.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

std::string_view name_of(CaptureKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<LabelledCapture> label_of_name(const fs::path& file) {
  const std::vector<std::string> parts = parts_of(file);
  LabelledCapture label;
  label.file = file;
  for (const std::string& part : parts) {
    const std::optional<float> cct = amount(part, 'k'), lux = amount(part, 'l');
    if (cct && *cct >= 1000 && *cct <= 100'000) label.cct = cct;
    if (lux && *lux <= 1e6f) label.lux = lux;
  }
  static constexpr std::pair<std::string_view, CaptureKind> kPrefixes[] = {
      {"alsc", CaptureKind::kFlat}, {"flat", CaptureKind::kFlat}, {"dark", CaptureKind::kDark}, {"cac", CaptureKind::kDots},
      {"ramp", CaptureKind::kRamp}, {"edge", CaptureKind::kEdge}, {"sfr", CaptureKind::kEdge}};
  for (const auto& [prefix, kind] : kPrefixes) {
    if (parts.front() != prefix) continue;
    label.kind = kind;
    // A falloff belongs to a temperature.
    if (kind == CaptureKind::kFlat && !label.cct) return std::nullopt;
    return label;
  }
  if (!label.cct || !label.lux) return std::nullopt;
  label.kind = CaptureKind::kChart;
  return label;
}

CalibrationSet load_calibration_set(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) throw Error(folder.string(), ": no folder, expected one with captures");
  CalibrationSet set;
  set.folder = folder;
  const fs::path path = folder / kSetFile;
  if (fs::exists(path, error)) {
    read_set(path, set);
    find_forgotten(set);
  } else {
    read_names(set);
  }
  if (set.captures.empty() && set.problems.empty())
    throw Error(folder.string(), ": no captures, expected RAW files or mosaics, and a set.yaml that says what they are");
  return set;
}

}  // namespace argent
