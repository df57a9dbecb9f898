#include "camera/simulation/scene_pixels.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr std::array kDiameters{1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f, 8.0f, 11.0f, 16.0f, 23.0f, 32.0f, 48.0f};  // pixels

int channel_of_site(int x, int y) { return (y & 1) + (x & 1); }  // RGGB

}  // namespace

ScenePixels::ScenePixels(const Scenario& scenario) : map_(scene_map(scenario, scenario.sensor.size)), planes_(kDiameters.size()) {
  for (int x = 0; x < map_.size.width; x++)
    second_.push_back(second_light_share(scenario.light, (float(x) + 0.5f) / float(map_.size.width)));
}

void ScenePixels::set_light(const Palette& first, const Palette& second) {
  first_palette_ = first;
  second_palette_ = second;
  const int width = map_.size.width, stride = width + 2 * kPad + 1;
  for (std::size_t c = 0; c < 3; c++) {
    row_sums_[c].assign(static_cast<std::size_t>(stride) * static_cast<std::size_t>(map_.size.height), 0);
    for (int y = 0; y < map_.size.height; y++) {
      float* row = row_sums_[c].data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(stride);
      double sum = 0;
      for (int x = -kPad; x < width + kPad; x++) {
        const int inside = std::clamp(x, 0, width - 1);
        const std::size_t i = map_.at(inside, y);
        const float a = first[map_.material[i]][c], b = second[map_.material[i]][c];
        sum += double(map_.reflectance[i] * (a + second_[static_cast<std::size_t>(inside)] * (b - a)));
        row[x + kPad + 1] = static_cast<float>(sum);
      }
    }
  }
  for (auto& plane : planes_) plane.clear();
}

const float* ScenePixels::sums(int channel, int row) const {
  const int stride = map_.size.width + 2 * kPad + 1, inside = std::clamp(row, 0, map_.size.height - 1);
  return row_sums_[static_cast<std::size_t>(channel)].data() + static_cast<std::size_t>(inside) * static_cast<std::size_t>(stride) + kPad;
}

std::vector<float> ScenePixels::make_plane(float diameter) const {
  const int width = map_.size.width, height = map_.size.height;
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
  std::array<double, kMaterials> first{}, second{};
  for (std::size_t m = 0; m < kMaterials; m++) {
    for (std::size_t c = 0; c < 3; c++) {
      first[m] += double(kRec709[c] * first_palette_[m][c] / first_palette_[0][c]);
      second[m] += double(kRec709[c] * second_palette_[m][c] / first_palette_[0][c]);
    }
  }
  double sum = 0;
  const auto width = static_cast<std::size_t>(map_.size.width);
  for (std::size_t i = 0; i < map_.reflectance.size(); i++) {
    const std::size_t m = map_.material[i];
    sum += double(map_.reflectance[i]) * (first[m] + double(second_[i % width]) * (second[m] - first[m]));
  }
  return sum / double(map_.reflectance.size());
}

}  // namespace argent
