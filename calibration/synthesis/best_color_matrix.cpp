#include "calibration/synthesis/best_color_matrix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "calibration/chart/color_difference.h"
#include "calibration/synthesis/nelder_mead.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Triple = std::array<double, 3>;

Triple wide(const Vec3& v) { return {double(v[0]), double(v[1]), double(v[2])}; }

/// What a camera and an eye see of the patches.
class Patches {
 public:
  Patches(const Sensitivities& sensor, const Spectrum& light) : white_(wide(xyz_of(light, white_surface()))) {
    const Vec3 neutral = response(sensor, light, white_surface());
    if (!(neutral[0] > 0 && neutral[1] > 0 && neutral[2] > 0)) throw Error("a color matrix under a light that the camera does not see");
    for (const Spectrum& patch : checker_reflectances()) {
      Triple seen = wide(response(sensor, light, patch));
      for (std::size_t c = 0; c < 3; c++) seen[c] /= double(neutral[c]);
      camera_.push_back(seen);
      xyz_.push_back(wide(xyz_of(light, patch)));
      lab_.push_back(lab_of(xyz_.back(), white_));
    }
  }

  /// Rows that take (1, 1, 1) to white: two unknowns each.
  std::array<double, 9> matrix_of(const Unknowns& unknowns) const {
    std::array<double, 9> out{};
    for (std::size_t row = 0; row < 3; row++) {
      const double a = unknowns[2 * row], b = unknowns[2 * row + 1], share = white_[row] / 3;
      out[3 * row] = share + a + b;
      out[3 * row + 1] = share - a + b;
      out[3 * row + 2] = share - 2 * b;
    }
    return out;
  }

  double difference(const Unknowns& unknowns, std::size_t patch) const {
    const std::array<double, 9> m = matrix_of(unknowns);
    const double brightness = brightness_of(unknowns);
    Triple xyz{};
    for (std::size_t i = 0; i < 9; i++) xyz[i / 3] += brightness * m[i] * camera_[patch][i % 3];
    return ciede2000(lab_of(xyz, white_), lab_[patch]);
  }

  double mean_difference(const Unknowns& unknowns) const {
    double sum = 0;
    for (std::size_t i = 0; i < camera_.size(); i++) sum += difference(unknowns, i);
    return std::isfinite(sum) ? sum / static_cast<double>(camera_.size()) : std::numeric_limits<double>::max();
  }

  /// Row by row: xyz - white/3 (r+g+b) = a (r - g) + b (r + g - 2 b).
  Unknowns least_squares() const {
    Unknowns out;
    for (std::size_t row = 0; row < 3; row++) {
      double pp = 0, pq = 0, qq = 0, pz = 0, qz = 0;
      for (std::size_t i = 0; i < camera_.size(); i++) {
        const auto [r, g, b] = camera_[i];
        const double weight = 1 / (xyz_[i][1] + 0.05), w2 = weight * weight;
        const double p = r - g, q = r + g - 2 * b, z = xyz_[i][row] - white_[row] / 3 * (r + g + b);
        pp += w2 * p * p;
        pq += w2 * p * q;
        qq += w2 * q * q;
        pz += w2 * p * z;
        qz += w2 * q * z;
      }
      const double determinant = pp * qq - pq * pq;
      if (!(determinant > 1e-12 * pp * qq)) throw Error("a camera whose colors no matrix fits: its channels do not differ");
      out.push_back((pz * qq - qz * pq) / determinant);
      out.push_back((qz * pp - pz * pq) / determinant);
    }
    return out;
  }

  static double brightness_of(const Unknowns& unknowns) { return unknowns.size() > 6 ? std::exp(unknowns[6]) : 1; }
  std::size_t size() const { return camera_.size(); }

 private:
  Triple white_;
  std::vector<Triple> camera_, xyz_;
  std::vector<Lab> lab_;
};

}  // namespace

BestColorMatrix best_color_matrix(const Sensitivities& sensor, const Spectrum& light, BrightnessFit brightness) {
  const Patches patches(sensor, light);
  Unknowns best = patches.least_squares();
  if (brightness == BrightnessFit::kFree) best.push_back(0);
  double value = patches.mean_difference(best);
  constexpr int kMostRounds = 40, kMostCalls = 4000;
  for (int round = 0; round < kMostRounds; round++) {  // a simplex that has collapsed is begun again, smaller or larger by turns
    const auto mean = [&](const Unknowns& unknowns) { return patches.mean_difference(unknowns); };
    best = nelder_mead(mean, best, round % 2 == 0 ? 0.02 : 0.1, 1e-9, kMostCalls);
    const double next = patches.mean_difference(best);
    if (round > 1 && value - next < 1e-6) break;
    value = next;
  }
  BestColorMatrix out;
  const std::array<double, 9> matrix = patches.matrix_of(best);
  std::transform(matrix.begin(), matrix.end(), out.camera_to_xyz.begin(), [](double v) { return static_cast<float>(v); });
  out.brightness = Patches::brightness_of(best);
  out.mean_delta_e = patches.mean_difference(best);
  for (std::size_t i = 0; i < patches.size(); i++) out.worst_delta_e = std::max(out.worst_delta_e, patches.difference(best, i));
  return out;
}

}  // namespace argent
