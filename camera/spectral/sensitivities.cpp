#include "camera/spectral/sensitivities.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "camera/spectral/spectrum_file.h"
#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

float number(const YamlNode& node, const std::string& source) {
  float value = 0;
  Field field{"data.main", &value, {.min = -1, .max = 1e6}};
  if (node.kind != YamlNode::Kind::kScalar) throw Error(place_of(node, source) + ": expected a number");
  assign(field, node.scalar, place_of(node, source));
  return std::max(0.0f, value);  // noise of a measurement may be below 0
}

}  // namespace

Sensitivities analytic_sensitivities() {
  struct Bell {
    float peak, width, height;  // nm, nm
  };
  constexpr std::array<Bell, 3> kBells{{{602, 36, 0.70f}, {533, 40, 1}, {458, 30, 0.80f}}};
  constexpr float kCrosstalk = 0.06f;
  Sensitivities sensor{};
  for (std::size_t i = 0; i < kSamples; i++) {
    std::array<float, 3> bell;
    for (std::size_t c = 0; c < 3; c++) {
      const float u = (wavelength(i) - kBells[c].peak) / kBells[c].width;
      bell[c] = kBells[c].height * std::exp(-u * u / 2);
    }
    for (std::size_t c = 0; c < 3; c++) sensor[c][i] = bell[c] + kCrosstalk * (bell[(c + 1) % 3] + bell[(c + 2) % 3]);
  }
  return sensor;
}

Sensitivities measured_sensitivities(std::string_view name, const std::filesystem::path& folder) {
  std::filesystem::path path = file_in(folder / "cameras", std::string(name) + ".json");
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) path = file_in(folder / "cameras", std::string(name) + "_380_780_5.json");
  return read_sensitivities(path);
}

Sensitivities read_sensitivities(const std::filesystem::path& file) {
  const std::string source = file.string();
  const YamlNode root = parse_yaml(read_yaml_file(file), source);  // YAML reads JSON
  const YamlNode* node = &root;
  for (const char* key : {"spectral_data", "data", "main"}) {
    node = node->find(key);
    if (node == nullptr) throw Error(source + ": no spectral_data.data.main, expected rawtoaces' sensitivities");
  }
  Sensitivities sensor{};
  for (std::size_t i = 0; i < kSamples; i++) {
    const std::string key = std::to_string(static_cast<int>(wavelength(i)));
    const YamlNode* row = node->find(key);
    if (row == nullptr || row->kind != YamlNode::Kind::kList || row->items.size() != 3) {
      throw Error(source + ": no three sensitivities at " + key + " nm");
    }
    for (std::size_t c = 0; c < 3; c++) sensor[c][i] = number(row->items[c], source);
  }
  for (const Spectrum& channel : sensor) {
    if (std::all_of(channel.begin(), channel.end(), [](float v) { return v == 0; })) throw Error(source + ": a channel sees nothing");
  }
  return sensor;
}

Vec3 response(const Sensitivities& sensor, const Spectrum& light, const Spectrum& reflectance) {
  std::array<double, 3> sum{};
  double white = 0;
  for (std::size_t i = 0; i < kSamples; i++) {
    white += double(sensor[1][i]) * double(light[i]);
    for (std::size_t c = 0; c < 3; c++) sum[c] += double(sensor[c][i]) * double(light[i]) * double(reflectance[i]);
  }
  if (!(white > 0)) return {};
  return {static_cast<float>(sum[0] / white), static_cast<float>(sum[1] / white), static_cast<float>(sum[2] / white)};
}

}  // namespace argent
