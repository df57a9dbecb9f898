#include "calibration/training/scene_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace argent {
namespace {

constexpr float kHeight = 0.75f;  // of the picture, its width is 1

struct Point {
  float x, y;
};

/// Rises from 0 to 1 where `distance` passes through 0; `softness` in the same unit.
float rise(float distance, float softness) { return 1 / (1 + std::exp(std::clamp(-distance / softness, -30.0f, 30.0f))); }

/// Smooth noise: normal numbers on a lattice over the picture, smoothly interpolated. Mean 0, variance below 1.
class SmoothNoise {
 public:
  explicit SmoothNoise(SceneRandom& random) {
    for (float& node : nodes_) node = random.normal();
  }

  /// `cells` across the picture: at most 6.
  float at(Point p, float cells) const {
    const float x = p.x * cells, y = p.y * cells;
    const int column = std::clamp(static_cast<int>(x), 0, kSide - 2), row = std::clamp(static_cast<int>(y), 0, kSide - 2);
    const auto smooth = [](float t) { return t * t * (3 - 2 * t); };
    const float s = smooth(x - static_cast<float>(column)), t = smooth(y - static_cast<float>(row));
    const auto node = [&](int c, int r) { return nodes_[static_cast<std::size_t>(r * kSide + c)]; };
    return std::lerp(std::lerp(node(column, row), node(column + 1, row), s), std::lerp(node(column, row + 1), node(column + 1, row + 1), s),
                     t);
  }

 private:
  static constexpr int kSide = 8;
  std::array<float, kSide * kSide> nodes_{};
};

/// An ellipse or a rectangle somewhere in the picture.
class Outline {
 public:
  Outline(SceneRandom& random, float radius) {
    rectangle_ = random.chance(0.4f);
    center_ = {random.uniform(), random.uniform(0, kHeight)};
    const float stretch = random.log_uniform(0.4f, 2.5f), root = std::sqrt(stretch);
    half_ = {radius * root, radius / root};
    const float angle = rectangle_ ? 0.15f * random.normal() : random.uniform(0, std::numbers::pi_v<float>);
    cosine_ = std::cos(angle);
    sine_ = std::sin(angle);
  }

  /// Distance outwards from the border, roughly, in widths of the picture; below 0 inside.
  float distance(Point p) const {
    const float dx = p.x - center_.x, dy = p.y - center_.y;
    const float x = std::abs(cosine_ * dx + sine_ * dy) / half_.x, y = std::abs(cosine_ * dy - sine_ * dx) / half_.y;
    return ((rectangle_ ? std::max(x, y) : std::hypot(x, y)) - 1) * std::min(half_.x, half_.y);
  }
  Point center() const { return center_; }
  float reach() const { return std::hypot(half_.x, half_.y); }

 private:
  bool rectangle_ = false;
  Point center_{}, half_{};
  float cosine_ = 1, sine_ = 0;
};

struct Leaf {
  std::size_t material = 0, other = 0;
  float albedo = 1, blend = 0, gloss = 0, contrast = 0;
};

Leaf draw_leaf(std::size_t materials, SceneRandom& random) {
  // The first materials are met oftener, so that a scene has main colors.
  const auto any = [&] {
    const float x = random.uniform();
    return static_cast<std::size_t>(x * x * static_cast<float>(materials));
  };
  Leaf leaf;
  leaf.material = any();
  leaf.other = any();
  leaf.albedo = std::exp(0.35f * random.normal());
  leaf.blend = random.chance(0.4f) ? random.uniform(0.2f, 1) : random.uniform(0.05f, 0.3f);
  leaf.gloss = random.chance(0.08f) ? random.log_uniform(0.05f, 1.5f) : 0;
  leaf.contrast = random.uniform(0.05f, 0.5f);
  return leaf;
}

/// Where the second light falls.
class LightBorder {
 public:
  LightBorder(SceneRandom& random, bool outdoors) : noise_(random), outline_(random, random.log_uniform(0.15f, 0.6f)) {
    shape_ = random.below(outdoors ? 3 : 2);
    const float angle = random.uniform(0, 2 * std::numbers::pi_v<float>);
    cosine_ = std::cos(angle);
    sine_ = std::sin(angle);
    offset_ = 0.3f * random.normal();
    softness_ = outdoors ? random.log_uniform(0.004f, 0.03f) : random.log_uniform(0.01f, 0.15f);
    cells_ = random.uniform(2, 6);
  }

  float second(Point p) const {
    if (shape_ == 0) return rise(cosine_ * (p.x - 0.5f) + sine_ * (p.y - kHeight / 2) - offset_, softness_);
    if (shape_ == 1) return rise(-outline_.distance(p), softness_);
    return rise(0.2f * (noise_.at(p, cells_) - offset_), softness_);
  }

 private:
  SmoothNoise noise_;
  Outline outline_;
  std::size_t shape_ = 0;  ///< half a picture, a spot, dapples
  float cosine_ = 1, sine_ = 0, offset_ = 0, softness_ = 0.1f, cells_ = 3;
};

/// How much of a zone a sky, a window or a lamp covers.
class EmitterOutline {
 public:
  EmitterOutline(SceneRandom& random, Emitter::Shape shape)
      : shape_(shape),
        skyline_(random),
        outline_(random, shape == Emitter::Shape::kDisc ? random.log_uniform(0.01f, 0.05f) : random.log_uniform(0.06f, 0.3f)) {
    height_ = kHeight * random.uniform(0.05f, 0.6f);
    roughness_ = 0.12f * random.uniform();
    softness_ = random.log_uniform(0.002f, 0.02f);
  }

  float share(Point p) const {
    if (shape_ == Emitter::Shape::kTop) return rise(height_ + roughness_ * skyline_.at({p.x, 0}, 6) - p.y, softness_);
    return rise(-outline_.distance(p), softness_);
  }

 private:
  Emitter::Shape shape_;
  SmoothNoise skyline_;
  Outline outline_;
  float height_ = 0, roughness_ = 0, softness_ = 0;
};

}  // namespace

std::vector<LayoutZone> draw_layout(int columns, int rows, std::size_t materials, const SceneLights& lights, SceneRandom& random,
                                    SceneRandom& grain) {
  const auto center = [&](int column, int row) {
    return Point{(static_cast<float>(column) + 0.5f) / static_cast<float>(columns),
                 (static_cast<float>(row) + 0.5f) / static_cast<float>(rows) * kHeight};
  };
  std::vector<Leaf> leaves{draw_leaf(materials, random)};  // the first is behind all others
  leaves.front().material = 0;
  std::vector<std::size_t> top(static_cast<std::size_t>(columns * rows), 0);
  // Walls, floor, road first; then things, whose radii's density falls with the third power: by the inverse of its distribution.
  const int planes = static_cast<int>(1 + random.below(4)), things = static_cast<int>(random.log_uniform(6, 200));
  const float smallest = random.log_uniform(0.015f, 0.09f), largest = random.log_uniform(0.15f, 0.35f);
  for (int i = 0; i < planes + things; i++) {
    const float power = 1 / std::sqrt(random.uniform(1 / (largest * largest), 1 / (smallest * smallest)));
    const Outline outline(random, i < planes ? random.log_uniform(0.2f, 0.9f) : power);
    leaves.push_back(draw_leaf(materials, random));
    const auto [x, y] = outline.center();
    const auto bound = [](float at, int zones) { return std::clamp(static_cast<int>(at * static_cast<float>(zones)), 0, zones - 1); };
    const int left = bound(x - outline.reach(), columns), right = bound(x + outline.reach(), columns);
    const int first = bound((y - outline.reach()) / kHeight, rows), last = bound((y + outline.reach()) / kHeight, rows);
    for (int row = first; row <= last; row++) {
      for (int column = left; column <= right; column++) {
        if (outline.distance(center(column, row)) < 0) top[static_cast<std::size_t>(row * columns + column)] = leaves.size() - 1;
      }
    }
  }
  const SmoothNoise shading(random);
  const float cells = random.uniform(1.5f, 6), depth = random.uniform(0.2f, 1.1f), roughness = random.uniform(0.02f, 0.12f);
  const LightBorder border(random, lights.outdoors);
  const EmitterOutline emitter(random, lights.emitter ? lights.emitter->shape : Emitter::Shape::kTop);
  std::vector<LayoutZone> zones(top.size());
  for (int row = 0; row < rows; row++) {
    for (int column = 0; column < columns; column++) {
      const auto i = static_cast<std::size_t>(row * columns + column);
      const Leaf& leaf = leaves[top[i]];
      const Point p = center(column, row);
      LayoutZone& zone = zones[i];
      zone.material = leaf.material;
      zone.other = leaf.other;
      zone.blend = leaf.blend * grain.uniform();
      zone.albedo = leaf.albedo;
      zone.second = lights.ratio > 0 ? border.second(p) : 0;
      zone.shading = std::exp(depth * shading.at(p, cells) + roughness * grain.normal());
      // Spots that turn the light to the camera: one zone in twenty has more than half of the gloss.
      zone.specular = leaf.gloss * std::pow(grain.uniform(), 12.0f);
      zone.emitter = lights.emitter ? emitter.share(p) : 0;
      zone.contrast = leaf.contrast;
    }
  }
  return zones;
}

}  // namespace argent
