#include "camera/simulation/scene_pixels.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr std::array kDiameters{1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f, 8.0f, 11.0f, 16.0f, 23.0f, 32.0f, 48.0f};  // pixels

int channel_of_site(int x, int y) { return (y & 1) + (x & 1); }  // RGGB

}  // namespace

ScenePixels::ScenePixels(const Scenario& scenario) : view_(scenario, scenario.sensor.size), planes_(kDiameters.size()) {
  const int width = size().width;
  for (int x = 0; x < width; x++) second_.push_back(second_light_share(scenario.light, (float(x) + 0.5f) / float(width)));
}

void ScenePixels::set_light(const Palette& first, const Palette& second) {
  first_palette_ = first;
  second_palette_ = second;
  const SceneMap& map = view_.map();
  const int width = map.size.width, stride = width + 2 * kPad + 1;
  for (auto& sums : row_sums_) sums.assign(static_cast<std::size_t>(stride) * static_cast<std::size_t>(map.size.height), 0);
  std::vector<Vec3> row(static_cast<std::size_t>(width));
  for (int y = 0; y < map.size.height; y++) {
    for (int x = 0; x < width; x++) {
      const auto column = static_cast<std::size_t>(x);
      row[column] = color_at(map, map.at(x, y), first);
      if (second_[column] <= 0) continue;
      const Vec3 other = color_at(map, map.at(x, y), second);
      for (std::size_t c = 0; c < 3; c++) row[column][c] += second_[column] * (other[c] - row[column][c]);
    }
    for (std::size_t c = 0; c < 3; c++) {
      float* out = row_sums_[c].data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(stride);
      double sum = 0;
      for (int x = -kPad; x < width + kPad; x++) {
        sum += double(row[static_cast<std::size_t>(std::clamp(x, 0, width - 1))][c]);
        out[x + kPad + 1] = static_cast<float>(sum);
      }
    }
  }
  for (auto& plane : planes_) plane.clear();
}

const float* ScenePixels::sums(int channel, int row) const {
  const int stride = size().width + 2 * kPad + 1, inside = std::clamp(row, 0, size().height - 1);
  return row_sums_[static_cast<std::size_t>(channel)].data() + static_cast<std::size_t>(inside) * static_cast<std::size_t>(stride) + kPad;
}

std::vector<float> ScenePixels::make_plane(float diameter) const {
  const int width = size().width, height = size().height;
  const float radius = diameter / 2;
  const int reach = static_cast<int>(std::floor(radius));
  float area = 0;
  std::vector<float> half;  // half the disc's chord by row
  for (int dy = -reach; dy <= reach; dy++) {
    half.push_back(std::sqrt(std::max(0.0f, radius * radius - float(dy * dy))));
    area += 2 * half.back();
  }
  std::vector<float> plane(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  for (int y = 0; y < height; y++) {
    float* out = plane.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    for (int first = 0; first < 2; first++) {
      const int channel = channel_of_site(first, y);
      for (int dy = -reach; dy <= reach; dy++) {
        // The sum over x + 0.5 +- half, by linear interpolation in the running sums.
        const float chord = half[static_cast<std::size_t>(dy + reach)], right = 0.5f + chord, left = 0.5f - chord;
        const auto r = static_cast<int>(std::floor(right)), l = static_cast<int>(std::floor(left));
        const float rf = right - float(r), lf = left - float(l);
        const float* row = sums(channel, y + dy);
        for (int x = first; x < width; x += 2) {
          const float to = row[x + r] + rf * (row[x + r + 1] - row[x + r]), from = row[x + l] + lf * (row[x + l + 1] - row[x + l]);
          out[x] += to - from;
        }
      }
    }
    for (int x = 0; x < width; x++) out[x] /= area;
  }
  return plane;
}

const std::vector<float>& ScenePixels::plane(std::size_t level) {
  if (planes_[level].empty()) planes_[level] = make_plane(kDiameters[level]);
  return planes_[level];
}

ScenePixels::Blurred ScenePixels::blurred(float diameter) {
  const float wanted = std::clamp(diameter, kDiameters.front(), kDiameters.back());
  const auto above = std::upper_bound(kDiameters.begin(), kDiameters.end() - 1, wanted);
  const auto level = static_cast<std::size_t>(above - kDiameters.begin());
  const float share = (wanted - kDiameters[level - 1]) / (kDiameters[level] - kDiameters[level - 1]);
  const float* sharper = plane(level - 1).data();
  return {sharper, share > 0 ? plane(level).data() : sharper, share};
}

double ScenePixels::mean_luma() const {
  constexpr Vec3 kRec709{0.2126f, 0.7152f, 0.0722f};
  const SceneMap& map = view_.map();
  const auto width = static_cast<std::size_t>(map.size.width);
  double sum = 0;
  for (std::size_t i = 0; i < map.reflectance.size(); i++) {
    const Vec3 first = color_at(map, i, first_palette_);
    const float share = second_[i % width];
    const Vec3 second = share > 0 ? color_at(map, i, second_palette_) : first;
    for (std::size_t c = 0; c < 3; c++) sum += double(kRec709[c] / first_palette_[0][c] * (first[c] + share * (second[c] - first[c])));
  }
  return sum / double(map.reflectance.size());
}

}  // namespace argent
