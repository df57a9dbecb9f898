#include "calibration/evaluation/labelled_statistics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <tuple>

#include "calibration/evaluation/linear_png.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr float kRenderedCct = 5000;  // kelvin; what the pictures were made for

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

float positive_number(const std::string& text, const fs::path& path) {
  float value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !(value > 0) || !std::isfinite(value)) {
    throw Error(path.string() + ": \"" + text + "\" in the name, expected a positive number");
  }
  return value;
}

/// Not negative: -1 stands for none.
bool read_fold(const std::string& text, int& fold) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), fold);
  return failure == std::errc() && end == text.data() + text.size() && fold >= 0;
}

/// Kelvin-linear, as the program that made the pictures does it.
template <class Row, class Value>
float between(const std::vector<Row>& rows, Value value) {
  if (rows.size() < 2 || kRenderedCct <= rows.front().cct) return value(rows.front());
  for (std::size_t i = 1; i < rows.size(); i++) {
    if (rows[i].cct < kRenderedCct) continue;
    return std::lerp(value(rows[i - 1]), value(rows[i]), (kRenderedCct - rows[i - 1].cct) / (rows[i].cct - rows[i - 1].cct));
  }
  return value(rows.back());
}

/// From the picture's RGB to the sensor's.
Mat3 to_sensor(const RaspberryPiTuning& tuning, const fs::path& path) {
  const std::vector<CctPoint>& curve = tuning.camera.aaa.white_balance.prior.curve;
  const std::vector<ColorCorrection>& corrections = tuning.camera.isp.corrections;
  if (curve.empty() || corrections.empty()) throw Error(path.string() + ": its tuning has no cct curve or no color matrices");
  Mat3 matrix{};
  for (std::size_t i = 0; i < 9; i++) matrix[i] = between(corrections, [i](const ColorCorrection& c) { return c.camera_to_srgb[i]; });
  const Mat3 response{between(curve, [](const CctPoint& p) { return p.red; }), 0, 0, 0, 1, 0, 0, 0,
                      between(curve, [](const CctPoint& p) { return p.blue; })};
  const auto undone = inverse(matrix);
  if (!undone) throw Error(path.string() + ": its tuning's color matrix is singular");
  return multiply(response, *undone);
}

}  // namespace

Tunings load_tunings(const fs::path& folder) {
  Tunings tunings;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.extension() == ".json") tunings.emplace(path.stem().string(), load_raspberry_pi_tuning(path));
  }
  if (error || tunings.empty()) throw Error(folder.string() + ": no tunings, expected a folder of SENSOR.json");
  return tunings;
}

LabelledStatistics load_labelled(const fs::path& path, const Tunings& tunings) {
  const std::vector<std::string> parts = split(path.stem().string());
  if (parts.size() != 6) throw Error(path.string() + ": expected a name of the form user,sensor,scene,kelvin,lux,camera kelvin");
  LabelledStatistics out;
  out.file = path.filename().string();
  std::tie(out.user, out.sensor, out.scene) = std::tie(parts[0], parts[1], parts[2]);
  out.kelvin = positive_number(parts[3], path);
  out.lux = positive_number(parts[4], path);
  out.camera_kelvin = positive_number(parts[5], path);
  const auto tuning = tunings.find(out.sensor);
  if (tuning == tunings.end()) throw Error(path.string() + ": no tuning for the sensor " + out.sensor);
  const AutoWhiteBalanceParams& params = tuning->second.camera.aaa.white_balance;
  out.prior = params.prior;
  out.prior.lux = out.lux;
  out.prior.min_cct = params.modes.automatic.min;
  out.prior.max_cct = params.modes.automatic.max;
  const Mat3 matrix = to_sensor(tuning->second, path);
  const LinearPng pixels = read_linear_png(path, {1, Statistics::kMaxGrid});
  out.statistics.columns = pixels.width;
  out.statistics.rows = pixels.height;
  for (int i = 0; i < pixels.width * pixels.height; i++) {
    Statistics::Zone& zone = out.statistics.zones[static_cast<std::size_t>(i)];
    Vec3 rendered{};
    bool clipped = false;
    for (std::size_t c = 0; c < 3; c++) {
      const std::uint16_t code = pixels.rgb[static_cast<std::size_t>(i) * 3 + c];
      clipped |= code == 0 || code == 65535;
      rendered[c] = static_cast<float>(code) / 65535;
    }
    zone.mean = zone.unclipped = multiply(matrix, rendered);
    zone.count = {1024, 2048, 1024};
    if (!clipped) zone.unclipped_count = zone.count;
  }
  return out;
}

void read_folds(const fs::path& csv, std::vector<LabelledStatistics>& images) {
  std::ifstream file(csv);
  if (!file) throw Error(csv.string() + ": can't be read");
  std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::string, int>> folds;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::vector<std::string> parts = split(line);
    int fold = 0;
    if (parts.size() != 5 || !read_fold(parts[4], fold)) {
      throw Error(csv.string() + ": \"" + line + "\", expected user,sensor,scene,group,fold");
    }
    folds[{parts[0], parts[1], parts[2]}] = {parts[3], fold};
  }
  for (LabelledStatistics& image : images) {
    const auto found = folds.find({image.user, image.sensor, image.scene});
    if (found != folds.end()) std::tie(image.group, image.fold) = found->second;
  }
}

}  // namespace argent
