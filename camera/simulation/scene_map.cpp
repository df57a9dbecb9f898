#include "camera/simulation/scene_map.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "camera/simulation/counter_random.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr float kMaxReflectance = 0.95f;

/// One layer of dead leaves: discs with radii distributed as 1/r^3, the latest on top. Source: Matheron 1968; Lee, Mumford and Huang 2001.
struct Leaves {
  float min_radius, max_radius;  ///< of the field's height
  int count;
};
constexpr Leaves kCoarse{0.06f, 0.35f, 500}, kFine{0.006f, 0.06f, 9000};

struct Layer {
  std::vector<float> value;            ///< standard normal per leaf
  std::vector<std::uint8_t> material;  ///< per leaf
};

Layer paint(const Leaves& leaves, Size size, CounterRandom random) {
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  Layer layer{std::vector<float>(pixels, 0), std::vector<std::uint8_t>(pixels, 0)};
  const float aspect = float(size.width) / float(size.height), ratio = leaves.min_radius / leaves.max_radius;
  for (int i = 0; i < leaves.count; i++) {
    const float x = random.uniform() * float(size.width), y = random.uniform() * float(size.height);
    const float tail = random.uniform();
    const float r = leaves.min_radius / std::sqrt(1 - tail * (1 - ratio * ratio)) * float(size.height) * std::min(1.0f, aspect);
    const float value = random.normal();
    const auto material = static_cast<std::uint8_t>(random.bits() % kMaterials);
    const int top = std::max(0, static_cast<int>(std::ceil(y - r - 0.5f)));
    const int bottom = std::min(size.height - 1, static_cast<int>(std::floor(y + r - 0.5f)));
    for (int row = top; row <= bottom; row++) {
      const float dy = float(row) + 0.5f - y, half = std::sqrt(std::max(0.0f, r * r - dy * dy));
      const int left = std::max(0, static_cast<int>(std::ceil(x - half - 0.5f)));
      const int right = std::min(size.width - 1, static_cast<int>(std::floor(x + half - 0.5f)));
      if (left > right) continue;
      const auto begin = static_cast<std::size_t>(row) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(left);
      const auto length = static_cast<std::size_t>(right - left + 1);
      std::fill_n(layer.value.begin() + static_cast<std::ptrdiff_t>(begin), length, value);
      std::fill_n(layer.material.begin() + static_cast<std::ptrdiff_t>(begin), length, material);
    }
  }
  return layer;
}

void dead_leaves(SceneMap& map, const SceneParams& scene, int seed) {
  constexpr float kSpread = 0.7f;  // of log reflectance at contrast 1: natural scenes span about two decades
  const Layer coarse = paint(kCoarse, map.size, CounterRandom(seed, RandomPurpose::kScene, 0));
  const Layer fine = paint(kFine, map.size, CounterRandom(seed, RandomPurpose::kScene, 1));
  const float a = kSpread * scene.contrast * std::sqrt(1 - scene.detail / 2), b = kSpread * scene.contrast * std::sqrt(scene.detail / 2);
  double sum = 0;
  for (std::size_t i = 0; i < map.reflectance.size(); i++) {
    map.reflectance[i] = std::exp(a * coarse.value[i] + b * fine.value[i]);
    map.material[i] = fine.material[i] % 2 != 0 ? fine.material[i] : coarse.material[i];
    sum += double(map.reflectance[i]);
  }
  const auto scale = static_cast<float>(scene.reflectance * double(map.reflectance.size()) / sum);
  for (float& reflectance : map.reflectance) reflectance = std::min(kMaxReflectance, reflectance * scale);
}

void checker(SceneMap& map) {
  constexpr float kBoard = 0.03f, kGap = 0.08f;  // reflectance between the patches; gap on each side, of a patch
  const auto luminances = material_luminances();
  for (int y = 0; y < map.size.height; y++) {
    for (int x = 0; x < map.size.width; x++) {
      const float pu = 6 / float(map.size.width), pv = 4 / float(map.size.height);  // of a pixel, in patches
      const float u = (float(x) + 0.5f) * pu, v = (float(y) + 0.5f) * pv;
      const auto inside = [](float at, float pixel) {  // share of a pixel within the patch
        const float from_border = std::min(at - std::floor(at), std::ceil(at) - at) - kGap;
        return std::clamp(from_border / pixel + 0.5f, 0.0f, 1.0f);
      };
      const float share = inside(u, pu) * inside(v, pv);
      const auto patch = static_cast<std::size_t>(1 + std::min(3, static_cast<int>(v)) * 6 + std::min(5, static_cast<int>(u)));
      map.material[map.at(x, y)] = share > 0 ? static_cast<std::uint8_t>(patch) : 0;
      map.reflectance[map.at(x, y)] = kBoard + share * (luminances[patch] - kBoard);
    }
  }
}

void stripes(SceneMap& map, const SceneParams& scene, int seed) {
  CounterRandom random(seed, RandomPurpose::kScene, 2);
  const float cycles = 1.5f + 8 * random.uniform(), phase = random.uniform();
  for (int y = 0; y < map.size.height; y++) {
    const float wave = std::sin(2 * std::numbers::pi_v<float> * (cycles * (float(y) + 0.5f) / float(map.size.height) + phase));
    const float reflectance = std::min(kMaxReflectance, scene.reflectance * (1 + 0.8f * scene.contrast * wave));
    std::fill_n(map.reflectance.begin() + y * map.size.width, map.size.width, reflectance);
  }
}

}  // namespace

Vec3 color_at(const SceneMap& map, std::size_t place, const Palette& palette) {
  const float level = map.reflectance[place];
  if (map.mixture.empty()) {
    const Vec3& seen = palette[map.material[place]];
    return {level * seen[0], level * seen[1], level * seen[2]};
  }
  constexpr float kLeast = 0.01f;  // as sensor_color.cpp has it for a tuning's matrices
  Vec3 out;
  for (std::size_t c = 0; c < 3; c++) {
    float sum = 0;
    for (std::size_t p = 0; p < kPrimaries; p++) sum += map.mixture[place][p] * palette[kMaterials + p][c];
    out[c] = level * std::max(kLeast * palette[0][c], sum);
  }
  return out;
}

SceneMap scene_map(const Scenario& scenario, Size size) {
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  SceneMap map{size, std::vector<float>(pixels, scenario.scene.reflectance), std::vector<std::uint8_t>(pixels, 0), {}};
  const SceneParams& scene = scenario.scene;
  if (scene.kind == "dead_leaves") {
    dead_leaves(map, scene, scenario.seed);
  } else if (scene.kind == "checker") {
    checker(map);
  } else if (scene.kind == "stripes") {
    stripes(map, scene, scenario.seed);
  } else if (scene.kind != "grey") {
    throw Error("scene.kind = " + scene.kind + ": there is no such scene here, expected dead_leaves, checker, stripes or grey");
  }
  return map;
}

float scene_dioptres(const SceneParams& scene, float y) { return std::max(0.0f, 1 / scene.distance + scene.depth * (y - 0.5f)); }

MovingDisc moving_disc(const SceneParams& scene, float aspect, int seed, double seconds) {
  MovingDisc disc;
  CounterRandom random(seed, RandomPurpose::kScene, 3);
  if (scene.highlight > 0) {
    disc.radius = std::sqrt(scene.highlight * aspect / std::numbers::pi_v<float>);
    disc.reflectance = scene.highlight_level;
  } else if (scene.motion > 0) {
    disc.radius = 0.15f;
    disc.reflectance = std::min(kMaxReflectance, 2 * scene.reflectance);
  } else {
    return disc;
  }
  // To and fro between the left and the right border, wholly inside.
  const float margin = std::min(0.5f, disc.radius / aspect);
  const double way = 2 * std::abs(std::remainder((random.uniform() + seconds * scene.motion) / 2, 1.0));
  disc.x = margin + (1 - 2 * margin) * static_cast<float>(way);
  disc.y = std::clamp(0.2f + 0.6f * random.uniform(), std::min(0.5f, disc.radius), std::max(0.5f, 1 - disc.radius));
  return disc;
}

float second_light_share(const LightParams& light, float x) {
  if (light.second_cct <= 0) return 0;
  const float t = std::clamp((x - (1 - light.second_share)) / light.second_border + 0.5f, 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

}  // namespace argent
