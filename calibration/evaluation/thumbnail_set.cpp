#include "calibration/evaluation/thumbnail_set.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "aaa/cct_curve.h"
#include "calibration/evaluation/csv_reader.h"
#include "calibration/evaluation/thumbnail.h"
#include "isp/color_temperature.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char *kLabels = "labels.csv", *kCameras = "cameras.yaml";
constexpr std::size_t kMostPictures = 1'000'000;
constexpr std::size_t kMostProblems = 1000;               // lines: more help nobody
constexpr float kMinKelvin = 1000, kMaxKelvin = 100'000;  // what lies outside is a slip of units

std::optional<float> number_of(std::string_view text) {
  float value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// A value of a map, which must be there and of that kind.
const YamlNode& needed(const YamlNode& map, std::string_view key, YamlNode::Kind kind, const std::string& source) {
  const YamlNode* value = map.find(key);
  if (value == nullptr) throw Error(place_of(map, source), ": has no ", key);
  if (value->kind != kind) throw Error(place_of(*value, source), ": ", key, ": expected ", name_of(kind), ", found ", name_of(value->kind));
  return *value;
}

ColorMatrix matrix_of(const YamlNode& node, const std::string& source) {
  const std::string& code = needed(node, "illuminant", YamlNode::Kind::kScalar, source).scalar;
  const auto value = number_of(code);
  const auto cct =
      value && *value == std::floor(*value) && std::abs(*value) < 1000 ? cct_of_exif_illuminant(static_cast<int>(*value)) : std::nullopt;
  if (!cct) throw Error(place_of(node, source), ": illuminant ", in_quotes(code), ", expected an EXIF LightSource that names a light");
  ColorMatrix out{*cct, {}};
  const YamlNode& list = needed(node, "matrix", YamlNode::Kind::kList, source);
  if (list.items.size() != 9) throw Error(place_of(list, source), ": matrix of ", list.items.size(), " numbers, expected 9");
  for (std::size_t i = 0; i < 9; i++) {
    const auto element = number_of(list.items[i].scalar);
    if (!element) throw Error(place_of(list.items[i], source), ": matrix: ", in_quotes(list.items[i].scalar), ", expected a number");
    out.xyz_to_camera[i] = *element;
  }
  if (!inverse(out.xyz_to_camera)) throw Error(place_of(list, source), ": matrix is singular");
  return out;
}

std::vector<CctPoint> curve_of(const YamlNode& camera, const std::string& source) {
  const YamlNode& list = needed(camera, "matrices", YamlNode::Kind::kList, source);
  if (list.items.empty() || list.items.size() > 2) {
    throw Error(place_of(list, source), ": ", list.items.size(), " matrices, expected one or two");
  }
  std::vector<ColorMatrix> matrices;
  for (const YamlNode& node : list.items) matrices.push_back(matrix_of(node, source));
  std::sort(matrices.begin(), matrices.end(), [](const ColorMatrix& a, const ColorMatrix& b) { return a.cct < b.cct; });
  if (matrices.front().cct == matrices.back().cct && matrices.size() > 1) {
    throw Error(place_of(list, source), ": two matrices for a light of ", std::lround(matrices.front().cct), " K");
  }
  std::vector<CctPoint> curve = cct_curve_of(matrices);
  if (curve.empty()) throw Error(place_of(list, source), ": these matrices give no positive response to white");
  return curve;
}

/// A path that stays in its folder.
bool stays_below(const fs::path& file) {
  return !file.empty() && file.is_relative() && std::none_of(file.begin(), file.end(), [](const fs::path& part) { return part == ".."; });
}

}  // namespace

/// Where the header says that things stand; npos: it does not.
struct ThumbnailSet::Columns {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t count = 0, file = kNone, camera = kNone, kelvin = kNone, lux = kNone;
  std::array<std::size_t, 3> light{kNone, kNone, kNone};

  Columns(const std::vector<std::string>& header, const std::string& place) : count(header.size()) {
    struct Wanted {
      const char* name;
      std::size_t* column;
      bool needed = true;
    };
    for (const Wanted& wanted : {Wanted{"file", &file},
                                 {"camera", &camera},
                                 {"r", &light[0]},
                                 {"g", &light[1]},
                                 {"b", &light[2]},
                                 {"kelvin", &kelvin, false},
                                 {"lux", &lux, false}}) {
      const auto found = std::find(header.begin(), header.end(), wanted.name);
      if (found != header.end() && std::find(found + 1, header.end(), wanted.name) != header.end()) {
        throw Error(place, ": the column ", wanted.name, " is there twice");
      }
      if (found != header.end()) *wanted.column = static_cast<std::size_t>(found - header.begin());
      if (found == header.end() && wanted.needed) {
        throw Error(place, ": no column ", wanted.name, ", expected a header with file,camera,r,g,b and perhaps kelvin,lux");
      }
    }
  }
};

bool ThumbnailSet::is_one(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / kLabels, error);
}

ThumbnailSet::ThumbnailSet(const fs::path& folder) : folder_(folder) {
  read_cameras();
  read_labels();
  if (rows_.empty() && problems_.empty()) throw Error((folder_ / kLabels).string(), ": names no picture");
}

void ThumbnailSet::read_cameras() {
  const std::string source = (folder_ / kCameras).string();
  const YamlNode root = parse_yaml(read_yaml_file(source), source);
  const YamlNode& cameras = needed(root, "cameras", YamlNode::Kind::kMap, source);
  for (std::size_t i = 0; i < cameras.keys.size(); i++) {
    std::vector<CctPoint>& curve = curves_[cameras.keys[i]];
    try {
      curve = curve_of(cameras.items[i], source);
    } catch (const Error& error) {
      problems_.push_back(std::string(error.what()) + " (camera " + shown(cameras.keys[i]) + ")");
    }
  }
}

ThumbnailSet::Row ThumbnailSet::row_of(const std::vector<std::string>& cells, const Columns& columns, const std::string& place) const {
  if (cells.size() != columns.count) throw Error(place, ": ", cells.size(), " cells, expected ", columns.count, " as in the header");
  Row row{place, cells[columns.file], cells[columns.camera], {}, 0, 0};
  if (!stays_below(row.file)) throw Error(place, ": file ", in_quotes(row.file), ", expected a path below the folder");
  std::array<float, 3> light{};
  for (std::size_t c = 0; c < 3; c++) {
    const std::string& cell = cells[columns.light[c]];
    const auto value = number_of(cell);
    if (!value || !(*value > 0)) throw Error(place, ": ", "rgb"[c], " = ", in_quotes(cell), ", expected a positive number");
    light[c] = *value;
  }
  row.light = {std::log(light[0]) - std::log(light[1]), std::log(light[2]) - std::log(light[1])};
  const auto known = [&](std::size_t column, const char* name, float min, float max) -> float {
    if (column == Columns::kNone || cells[column].empty()) return 0;
    const auto value = number_of(cells[column]);
    if (value && (*value == 0 || (*value >= min && *value <= max))) return *value;
    throw Error(place, ": ", name, " = ", in_quotes(cells[column]), ", expected ", std::lround(min), " to ", std::lround(max),
                ", or nothing");
  };
  row.kelvin = known(columns.kelvin, "kelvin", kMinKelvin, kMaxKelvin);
  row.lux = known(columns.lux, "lux", 0, 1e6f);
  return row;
}

void ThumbnailSet::read_labels() {
  CsvReader reader(folder_ / kLabels);
  const auto header = reader.next();
  if (!header) throw Error((folder_ / kLabels).string(), ": is empty");
  const Columns columns(*header, reader.place());
  std::map<std::string, std::string> places;   // of files
  std::map<std::string, std::size_t> unknown;  // pictures of cameras without a curve: a line a camera, not a picture
  const auto add = [&](Row row) {
    const auto [first, is_new] = places.emplace(fs::path(row.file).lexically_normal().string(), row.place);
    if (!is_new) throw Error(row.place, ": file ", in_quotes(row.file), " is in ", first->second, " already");
    const auto curve = curves_.find(row.camera);
    if (curve == curves_.end() || curve->second.empty()) {
      unknown[row.camera]++;
    } else {
      rows_.push_back(std::move(row));
    }
  };
  std::size_t bad = 0;
  while (places.size() <= kMostPictures) {
    try {
      const auto cells = reader.next();
      if (!cells) break;
      add(row_of(*cells, columns, reader.place()));
    } catch (const Error& error) {
      if (bad++ < kMostProblems) problems_.emplace_back(error.what());
    }
  }
  const std::string labels = (folder_ / kLabels).string();
  if (places.size() > kMostPictures) throw Error(labels, ": more than ", kMostPictures, " pictures");
  if (bad > kMostProblems) problems_.push_back(labels + ": " + std::to_string(bad - kMostProblems) + " more lines that are as bad");
  for (const auto& [camera, pictures] : unknown) {
    problems_.push_back(labels + ": " + std::to_string(pictures) + " pictures of the camera " + in_quotes(camera) + ", which " + kCameras +
                        (curves_.contains(camera) ? " has no matrices for" : " doesn't have"));
  }
}

LabelledStatistics ThumbnailSet::load(std::size_t i) const {
  const Row& row = rows_.at(i);
  LabelledStatistics out;
  out.file = row.file;
  out.sensor = row.camera;
  out.scene = fs::path(row.file).stem().string();
  out.light = row.light;
  out.kelvin = row.kelvin;
  out.lux = out.prior.lux = row.lux;
  out.prior.curve = curves_.at(row.camera);
  try {
    out.statistics = statistics_of(read_thumbnail(folder_ / row.file));
  } catch (const Error& error) {
    throw Error(row.place, ": ", error.what());
  }
  return out;
}

}  // namespace argent
