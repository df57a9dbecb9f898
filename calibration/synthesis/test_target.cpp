#include "calibration/synthesis/test_target.h"

#include <cmath>
#include <numbers>

#include "calibration/synthesis/edge_coverage.h"
#include "calibration/synthesis/known_random.h"
#include "calibration/synthesis/projected_grid.h"

namespace argent {
namespace {

Spectrum grey(float reflectance) {
  Spectrum out;
  out.fill(reflectance);
  return out;
}

class EvenTarget final : public TestTarget {
 public:
  explicit EvenTarget(const Spectrum& surface) : surface_(surface) {}
  std::span<const Spectrum> surfaces() const override { return {&surface_, 1}; }
  double light(std::span<const double> levels, double, double, double) const override { return levels[0]; }

 private:
  Spectrum surface_;
};

class EdgeTarget final : public TestTarget {
 public:
  EdgeTarget(Size picture, double degrees)
      : square_(picture_to_plane(plane_to_picture({.width = 0.5 * picture.height / picture.width, .turn = degrees}, picture, 1, 1)), 0, 0,
                1, 1) {}
  std::span<const Spectrum> surfaces() const override { return surfaces_; }
  double light(std::span<const double> levels, double x, double y, double blur) const override {
    return std::lerp(levels[0], levels[1], square_.cover(x, y, blur));
  }

 private:
  ProjectedRectangle square_;
  std::array<Spectrum, 2> surfaces_{grey(0.6f), grey(0.1f)};
};

/// A dot's border is taken for straight within the blur: off by blur^2 / (2 radius) pixels at most, alike all around.
class DotsTarget final : public TestTarget {
 public:
  DotsTarget(Size picture, double pitch, double radius)
      : middle_{picture.width / 2.0, picture.height / 2.0}, pitch_(pitch), radius_(radius) {}
  std::span<const Spectrum> surfaces() const override { return surfaces_; }
  double light(std::span<const double> levels, double x, double y, double blur) const override {
    const double dx = std::remainder(x - middle_[0], pitch_), dy = std::remainder(y - middle_[1], pitch_);
    const double distance = std::hypot(dx, dy);
    if (distance > radius_ + 1 + 6 * blur) return levels[0];
    const double cover = distance < 1e-9 ? 1 : EdgeCoverage(dx, dy, blur)(radius_ - distance);
    return std::lerp(levels[0], levels[1], cover);
  }

 private:
  std::array<double, 2> middle_;
  double pitch_, radius_;
  std::array<Spectrum, 2> surfaces_{grey(0.85f), grey(0.04f)};
};

/// Of a wave everything is known: blur and the pixel's square take contrast, and nothing else.
class GratingTarget final : public TestTarget {
 public:
  explicit GratingTarget(Size picture) : middle_{picture.width / 2.0, picture.height / 2.0} {
    double length = kShortest;
    for (std::size_t i = 0; i < waves_.size(); i++, length *= kRatio) {
      const double angle = std::numbers::pi * static_cast<double>(i * 2 % waves_.size()) / waves_.size();
      const double fx = std::cos(angle) / length, fy = std::sin(angle) / length;
      waves_[i] = {fx, fy, kAmplitude * box(fx) * box(fy)};
    }
  }
  std::span<const Spectrum> surfaces() const override { return surfaces_; }
  double light(std::span<const double> levels, double x, double y, double blur) const override {
    constexpr double kNothing = 16;  // exp(-16)
    const double u = 2 * std::numbers::pi * blur, dx = x - middle_[0], dy = y - middle_[1];
    double share = 0.5;
    for (const Wave& wave : waves_) {
      const double loss = u * u * (wave.fx * wave.fx + wave.fy * wave.fy) / 2;
      if (loss > kNothing) continue;
      share += wave.amplitude * std::exp(-loss) * std::cos(2 * std::numbers::pi * (wave.fx * dx + wave.fy * dy));
    }
    return std::lerp(levels[1], levels[0], share);
  }

 private:
  struct Wave {
    double fx = 0, fy = 0;  // cycles a pixel
    double amplitude = 0;   // what the pixel's square leaves
  };
  static constexpr double kShortest = 4, kRatio = 1.7, kAmplitude = 0.095;  // five of them stay within 0..1
  static double box(double f) {
    const double x = std::numbers::pi * f;
    return std::abs(x) < 1e-9 ? 1 : std::sin(x) / x;
  }

  std::array<double, 2> middle_;
  std::array<Wave, 5> waves_{};
  std::array<Spectrum, 2> surfaces_{grey(0.9f), grey(0.05f)};
};

}  // namespace

TargetPointer even_target(const Spectrum& surface) { return std::make_shared<EvenTarget>(surface); }
TargetPointer edge_target(Size picture, double degrees) { return std::make_shared<EdgeTarget>(picture, degrees); }
TargetPointer dots_target(Size picture, double pitch, double radius) { return std::make_shared<DotsTarget>(picture, pitch, radius); }
TargetPointer grating_target(Size picture) { return std::make_shared<GratingTarget>(picture); }

std::array<Spectrum, 24> random_patches(std::uint64_t seed) {
  std::array<Spectrum, 24> out;
  for (std::size_t i = 0; i < out.size(); i++) {
    KnownRandom random(seed, KnownStream::kPaint, i);
    const double base = 0.03 + 0.4 * random.uniform(), height = 0.7 * random.uniform() * (0.95 - base);
    const double peak = 400 + 300 * random.uniform(), width = 25 + 70 * random.uniform();  // nm
    for (std::size_t s = 0; s < kSamples; s++) {
      const double u = (double(wavelength(s)) - peak) / width;
      out[i][s] = static_cast<float>(base + height * std::exp(-u * u / 2));
    }
  }
  return out;
}

}  // namespace argent
