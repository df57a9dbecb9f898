#include "camera/simulation/zone_scene.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "camera/simulation/lens_model.h"

namespace argent {

ZoneScene::ZoneScene(const Scenario& scenario) : scenario_(scenario), view_(scenario, {scenario.columns * kSide, scenario.rows * kSide}) {
  zones_.resize(static_cast<std::size_t>(scenario.columns * scenario.rows));
  for (int row = 0; row < scenario.rows; row++) {
    for (int column = 0; column < scenario.columns; column++) {
      Zone& zone = zones_[static_cast<std::size_t>(row * scenario.columns + column)];
      const float x = (float(column) + 0.5f) / float(scenario.columns), y = (float(row) + 0.5f) / float(scenario.rows);
      zone.dioptres = scene_dioptres(scenario.scene, y);
      zone.falloff = falloff(scenario.lens, x, y);
    }
  }
  const int width = view_.map().size.width;
  for (int x = 0; x < width; x++) second_.push_back(second_light_share(scenario.light, (float(x) + 0.5f) / float(width)));
  for (std::size_t i = 0; i < zones_.size(); i++) {
    const auto first = second_.begin() + static_cast<std::ptrdiff_t>(i % static_cast<std::size_t>(scenario.columns) * kSide);
    zones_[i].second_light = std::accumulate(first, first + kSide, 0.0f) / kSide;
  }
  sort_into_cells();
  measure_texture();
}

bool ZoneScene::look(double seconds) {
  if (!view_.look(seconds)) return false;
  sort_into_cells();
  measure_texture();
  return true;
}

void ZoneScene::sort_into_cells() {
  const SceneMap& map = view_.map();
  cell_.resize(map.reflectance.size());
  std::array<std::size_t, kSide * kSide> order;
  for (int row = 0; row < scenario_.rows; row++) {
    for (int column = 0; column < scenario_.columns; column++) {
      std::size_t n = 0;
      for (int y = 0; y < kSide; y++) {
        for (int x = 0; x < kSide; x++) order[n++] = map.at(column * kSide + x, row * kSide + y);
      }
      std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return map.reflectance[a] < map.reflectance[b]; });
      for (std::size_t i = 0; i < n; i++) cell_[order[i]] = static_cast<std::uint8_t>(i * kCells / n);
    }
  }
}

void ZoneScene::set_light(const Palette& first, const Palette& second) {
  const SceneMap& map = view_.map();
  for (int row = 0; row < scenario_.rows; row++) {
    for (int column = 0; column < scenario_.columns; column++) {
      std::array<Vec3, kCells> sum{};
      std::array<int, kCells> count{};
      for (int y = row * kSide; y < (row + 1) * kSide; y++) {
        for (int x = column * kSide; x < (column + 1) * kSide; x++) {
          const std::size_t i = map.at(x, y);
          const float share = second_[static_cast<std::size_t>(x)];
          const Vec3 a = color_at(map, i, first), b = share > 0 ? color_at(map, i, second) : a;
          for (std::size_t c = 0; c < 3; c++) sum[cell_[i]][c] += a[c] + share * (b[c] - a[c]);
          count[cell_[i]]++;
        }
      }
      Zone& zone = zones_[static_cast<std::size_t>(row * scenario_.columns + column)];
      for (std::size_t k = 0; k < kCells; k++) {
        for (std::size_t c = 0; c < 3; c++) zone.color[c][k] = sum[k][c] / float(std::max(1, count[k]));
      }
    }
  }
}

void ZoneScene::measure_texture() {
  const SceneMap& map = view_.map();
  // An edge of the scene is one step wherever it is sampled, so the energy of second differences goes with the density of edges: per
  // quad of the frame it is less than per sample of the map by the ratio of their sizes. At the coarse scale a step gives 2.5 / 2 of that.
  // A panorama, coarser than both, has kinks between its pixels instead: their number goes with that ratio, their height squared with its
  // square.
  const float ratio = std::max(1.0f, float(scenario_.sensor.size.width) / 2 / float(map.size.width));
  const float quads = map.mixture.empty() ? ratio : ratio * ratio * ratio;
  for (int row = 0; row < scenario_.rows; row++) {
    for (int column = 0; column < scenario_.columns; column++) {
      double energy = 0, level = 0;
      const auto at = [&](int x, int y) {
        return double(map.reflectance[map.at(std::clamp(x, 0, map.size.width - 1), std::clamp(y, 0, map.size.height - 1))]);
      };
      for (int y = row * kSide; y < (row + 1) * kSide; y++) {
        for (int x = column * kSide; x < (column + 1) * kSide; x++) {
          const double across = 2 * at(x, y) - at(x - 1, y) - at(x + 1, y), down = 2 * at(x, y) - at(x, y - 1) - at(x, y + 1);
          energy += across * across + down * down;
          level += at(x, y);
        }
      }
      constexpr double kSamples = kSide * kSide;
      const double relative = level > 0 ? energy / kSamples / (level / kSamples * level / kSamples) / double(quads) : 0;
      zones_[static_cast<std::size_t>(row * scenario_.columns + column)].texture = {float(relative), float(1.25 * relative)};
    }
  }
}

std::vector<float> ZoneScene::row_profile(int bands) const {
  const SceneMap& map = view_.map();
  std::vector<double> rows(static_cast<std::size_t>(map.size.height));
  for (int y = 0; y < map.size.height; y++) {
    const auto begin = map.reflectance.begin() + y * map.size.width;
    rows[static_cast<std::size_t>(y)] = std::accumulate(begin, begin + map.size.width, 0.0) / map.size.width;
  }
  std::vector<float> profile(static_cast<std::size_t>(bands));
  std::vector<double> zone_sum(static_cast<std::size_t>(scenario_.rows)), zone_count(zone_sum);
  const auto zone_row = [&](int band) { return static_cast<std::size_t>(band * scenario_.rows / bands); };
  for (int band = 0; band < bands; band++) {
    const double y = std::clamp((band + 0.5) / bands * map.size.height - 0.5, 0.0, map.size.height - 1.0);
    const auto above = static_cast<std::size_t>(y), below = std::min(above + 1, rows.size() - 1);
    const double value = rows[above] + (rows[below] - rows[above]) * (y - double(above));
    profile[static_cast<std::size_t>(band)] = static_cast<float>(value);
    zone_sum[zone_row(band)] += value;
    zone_count[zone_row(band)]++;
  }
  for (int band = 0; band < bands; band++) {
    const std::size_t z = zone_row(band);
    if (zone_sum[z] > 0) profile[static_cast<std::size_t>(band)] *= static_cast<float>(zone_count[z] / zone_sum[z]);
  }
  return profile;
}

}  // namespace argent
