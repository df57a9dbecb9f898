#include "label_set.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>

#include "isp/io/image_file.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/runtime/quoted_text.h"
#include "samples/inputs.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char *kLabels = "labels.csv", *kCameras = "cameras.yaml", *kUnfinished = ".unfinished.png";
constexpr const char* kHeader = "file,camera,r,g,b,kelvin,lux,source,deviation,capture";
constexpr std::size_t kMostBytes = 256'000'000, kCells = 10, kCaptureCell = 9;
constexpr int kTungsten = 17, kDaylight = 21;  // EXIF LightSource: standard light A, D65

/// Source: EXIF 2.3, LightSource; DNG 1.7, CalibrationIlluminant1. Other codes name the same temperatures by everyday words.
constexpr std::array<CalibrationLight, 5> kLights{
    {{kTungsten, "A", 2856}, {23, "D50", 5003}, {20, "D55", 5503}, {kDaylight, "D65", 6504}, {22, "D75", 7504}}};

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\" ") == std::string::npos) return cell;
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

/// RFC 4180, but no line breaks inside a cell: none of our cells has one.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); i++) {
    const char c = line[i];
    if (c == '"' && inside && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (c == '"') {
      inside = !inside;
    } else if (c == ',' && !inside) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::string number(double value, int digits) {
  std::array<char, 40> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, digits);
  return failure == std::errc() ? std::string(text.data(), end) : std::string();
}
/// Reads back equal.
std::string shortest(float value) {
  std::array<char, 40> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() ? std::string(text.data(), end) : std::string();
}
std::string known(double value, int digits) { return value > 0 ? number(value, digits) : std::string(); }

void check_text(const std::string& text, const char* what) {
  if (text.empty()) throw Error("a label with an empty ", what);
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) throw Error(what, " ", in_quotes(text), ", expected no control characters");
  }
}

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Mat3 matrix_of(const YamlNode& node, const std::string& source) {
  const YamlNode* list = node.find("matrix");
  if (list == nullptr || list->items.size() != 9) throw Error(place_of(node, source), ": expected a matrix of 9 numbers");
  Mat3 out{};
  for (std::size_t i = 0; i < 9; i++) {
    const std::string& text = list->items[i].scalar;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out[i]);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(out[i])) {
      throw Error(place_of(list->items[i], source), ": ", in_quotes(text), ", expected a number");
    }
  }
  if (!inverse(out)) throw Error(place_of(*list, source), ": the matrix is singular");
  return out;
}

}  // namespace

std::span<const CalibrationLight> calibration_lights() { return kLights; }

std::map<int, Mat3> calibration_matrices(std::span<const ColorMatrix> matrices) {
  std::map<int, Mat3> out;
  bool as_they_are = matrices.size() <= 2;
  for (const ColorMatrix& matrix : matrices) {
    const auto same = [&](const CalibrationLight& light) { return std::abs(1e6f / light.cct - 1e6f / matrix.cct) < 0.5f; };
    const auto light = std::find_if(kLights.begin(), kLights.end(), same);
    if (light == kLights.end()) {
      as_they_are = false;
    } else {
      out[light->code] = matrix.xyz_to_camera;
    }
  }
  if (as_they_are) return out;
  // One matrix serves all lights, whatever it was made for.
  if (matrices.size() == 1) return {{kDaylight, matrices[0].xyz_to_camera}};
  return {{kTungsten, xyz_to_camera_at(matrices, 2856)}, {kDaylight, xyz_to_camera_at(matrices, 6504)}};
}

std::vector<ColorMatrix> color_matrices(const std::map<int, Mat3>& matrices) {
  std::vector<ColorMatrix> out;
  for (const CalibrationLight& light : kLights) {
    if (const auto found = matrices.find(light.code); found != matrices.end()) out.push_back({light.cct, found->second});
  }
  return out;
}

LabelSet::LabelSet(const fs::path& folder, Overwrite overwrite) : folder_(folder), overwrite_(overwrite) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error || !fs::is_directory(folder_, error)) throw Error(folder.string(), ": can't make the folder: ", error.message());
  lock_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) throw Error(folder.string(), ": can't open the folder: ", std::strerror(errno));
  try {
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) throw Error(folder.string(), ": another argent label is writing there");
    read_labels();
    read_cameras();
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

LabelSet::~LabelSet() { ::close(lock_); }

void LabelSet::read_labels() {
  const fs::path path = folder_ / kLabels;
  std::error_code error;
  if (!fs::exists(path, error)) return;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kMostBytes || error)
    throw Error(path.string(), ": is no table of labels");
  std::istringstream stream(bytes_of(path));
  std::string line;
  if (!std::getline(stream, line) || line != kHeader) {
    throw Error(path.string(), ":1: ", in_quotes(line), ", expected ", kHeader, " (a table that argent label began)");
  }
  for (int number = 2; std::getline(stream, line); number++) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != kCells) throw Error(path.string(), ":", number, ": ", cells.size(), " cells, expected ", kCells);
    rows_.push_back({cells[0], cells[kCaptureCell], line});
  }
}

void LabelSet::read_cameras() {
  const fs::path path = folder_ / kCameras;
  std::error_code error;
  if (!fs::exists(path, error)) return;
  const std::string source = path.string();
  const YamlNode root = parse_yaml(read_yaml_file(path), source);
  const YamlNode* cameras = root.find("cameras");
  if (cameras == nullptr || cameras->kind != YamlNode::Kind::kMap) throw Error(source, ": expected a map `cameras`");
  for (std::size_t i = 0; i < cameras->keys.size(); i++) {
    const YamlNode* list = cameras->items[i].find("matrices");
    if (list == nullptr || list->items.empty() || list->items.size() > 2) {
      throw Error(place_of(cameras->items[i], source), ": expected one or two matrices");
    }
    for (const YamlNode& node : list->items) {
      const YamlNode* code = node.find("illuminant");
      const auto light = std::find_if(kLights.begin(), kLights.end(),
                                      [&](const CalibrationLight& l) { return code != nullptr && code->scalar == std::to_string(l.code); });
      if (light == kLights.end()) throw Error(place_of(node, source), ": expected an illuminant of 17, 20, 21, 22 or 23");
      cameras_[cameras->keys[i]][light->code] = matrix_of(node, source);
    }
  }
}

std::string LabelSet::name_of_capture(const fs::path& capture) const {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(capture, error), base = fs::weakly_canonical(folder_, error);
  // Relative, so that captures and labels may move together.
  return whole.lexically_relative(base).string();
}

const LabelSet::Row* LabelSet::row_of(const std::string& file) const {
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.file == file; });
  return row == rows_.end() ? nullptr : &*row;
}

fs::path LabelSet::picture_of(const fs::path& capture) const { return folder_ / (stem_of(capture) + ".png"); }

bool LabelSet::has(const fs::path& capture) const {
  const fs::path picture = picture_of(capture);
  const Row* row = row_of(picture.filename().string());
  if (row == nullptr) return false;
  if (row->capture != name_of_capture(capture)) {
    throw Error(picture.string(), " is the label of ", in_quotes(row->capture), ", a capture of the same name: give another --out");
  }
  std::error_code error;
  return fs::exists(picture, error);
}

std::map<int, Mat3> LabelSet::matrices_of(const std::string& camera) const {
  const auto found = cameras_.find(camera);
  return found == cameras_.end() ? std::map<int, Mat3>{} : found->second;
}

void LabelSet::write_cameras(const Cameras& cameras) const {
  std::string text = "# The sensors' color matrices, XYZ to camera row by row, by EXIF LightSource.\ncameras:\n";
  for (const auto& [camera, matrices] : cameras) {
    text += "  " + yaml_text(camera) + ":\n    matrices:\n";
    for (const auto& [code, matrix] : matrices) {
      text += "      - {illuminant: " + std::to_string(code) + ", matrix: [";
      for (std::size_t i = 0; i < 9; i++) text += (i > 0 ? ", " : "") + shortest(matrix[i]);
      text += "]}\n";
    }
  }
  write_file(folder_ / kCameras, text, Overwrite::kYes);
}

void LabelSet::write_labels(const std::vector<Row>& rows) const {
  std::string text = std::string(kHeader) + "\n";
  for (const Row& row : rows) text += row.line + "\n";
  write_file(folder_ / kLabels, text, Overwrite::kYes);
}

void LabelSet::add(const fs::path& capture, const CaptureLabel& label, const std::map<int, Mat3>& matrices, const Image& thumbnail) {
  const fs::path picture = picture_of(capture), unfinished = folder_ / kUnfinished;
  const Row row{picture.filename().string(), name_of_capture(capture), {}};
  for (const auto& [text, what] : {std::pair(row.file, "file name"), {row.capture, "path"}, {label.camera, "camera name"}})
    check_text(text, what);

  save_image(thumbnail, unfinished, {.overwrite = Overwrite::kYes});
  std::error_code error;
  const Row* known_row = row_of(row.file);
  // One without a line is somebody else's.
  if (fs::exists(picture, error) && known_row == nullptr && overwrite_ == Overwrite::kNo) {
    fs::remove(unfinished, error);
    throw Error(picture.string(), ": is there already, and labels.csv doesn't know it (--overwrite replaces it)");
  }

  if (matrices_of(label.camera) != matrices) {
    Cameras cameras = cameras_;
    cameras[label.camera] = matrices;
    write_cameras(cameras);
    cameras_ = std::move(cameras);
  }
  std::string line = quoted(row.file) + "," + quoted(label.camera) + "," + number(std::exp(label.light[0]), 6) + ",1," +
                     number(std::exp(label.light[1]), 6) + "," + known(label.kelvin, 5) + "," + known(label.lux, 4) + "," + label.source +
                     "," + known(label.deviation, 3) + "," + quoted(row.capture);
  std::vector<Row> rows = rows_;
  if (known_row != nullptr) {
    rows[static_cast<std::size_t>(known_row - rows_.data())].line = std::move(line);
  } else {
    rows.push_back({row.file, row.capture, std::move(line)});
  }
  write_labels(rows);
  rows_ = std::move(rows);
  fs::rename(unfinished, picture, error);
  if (error) throw Error(picture.string(), ": can't be written: ", error.message());
}

}  // namespace argent
