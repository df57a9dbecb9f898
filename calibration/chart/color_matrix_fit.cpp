#include "calibration/chart/color_matrix_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/core/optim.hpp>

#include "calibration/chart/chart_exposure.h"
#include "calibration/chart/checker_layout.h"
#include "calibration/chart/color_difference.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using cv::Matx33d;
using cv::Vec3d;

Mat3 narrow_matrix(const Matx33d& m) {
  Mat3 out{};
  for (int i = 0; i < 9; i++) out[static_cast<std::size_t>(i)] = static_cast<float>(m.val[i]);
  return out;
}
Matx33d wide_matrix(const Mat3& m) {
  Matx33d out;
  for (int i = 0; i < 9; i++) out.val[i] = m[static_cast<std::size_t>(i)];
  return out;
}

// ---- 2 and 3: white-balanced camera to XYZ --------------------------------------------------------------------------------------------

/// Matrices that take (1, 1, 1) to `white`: each row is white's component shared alike, and two unknowns across.
Matx33d matrix_of(const double* unknowns, const Vec3d& white) {
  const Vec3d across(1, -1, 0), along(1, 1, -2);  // with (1, 1, 1) an orthogonal basis
  Matx33d out;
  for (int row = 0; row < 3; row++) {
    for (int k = 0; k < 3; k++) out(row, k) = white[row] / 3 + unknowns[2 * row] * across[k] + unknowns[2 * row + 1] * along[k];
  }
  return out;
}

std::vector<double> least_squares(const std::vector<ChartSample>& samples, const Vec3d& white) {
  const int count = static_cast<int>(samples.size());
  std::vector<double> out;
  for (int row = 0; row < 3; row++) {
    cv::Mat1d a(count, 2), b(count, 1);
    for (int i = 0; i < count; i++) {
      const ChartSample& s = samples[static_cast<std::size_t>(i)];
      a(i, 0) = s.weight * (s.camera[0] - s.camera[1]);
      a(i, 1) = s.weight * (s.camera[0] + s.camera[1] - 2 * s.camera[2]);
      b(i, 0) = s.weight * (s.xyz[row] - white[row] / 3 * (s.camera[0] + s.camera[1] + s.camera[2]));
    }
    const cv::Mat1d x = solved(a, b);
    out.push_back(x(0, 0));
    out.push_back(x(1, 0));
  }
  return out;
}

/// Of a patch in a picture whose white is saturation; of one without samples nothing.
struct NoisyPatch {
  Vec3d camera, deviation;  ///< R G B
};
using NoisyPatches = std::array<NoisyPatch, ColorChecker::kPatches>;

constexpr double kSeenPixels = 16;  ///< that the eye takes together where a picture is looked at pixel by pixel

/// Of all charts' mean colors. `response`: R G B of white, green 1.
NoisyPatches noisy_patches(const std::vector<ChartSample>& samples, const Vec3d& response, const NoiseModel& noise) {
  NoisyPatches out{};
  std::array<int, ColorChecker::kPatches> counts{};
  for (const ChartSample& s : samples) counts[s.patch]++;
  for (const ChartSample& s : samples) out[s.patch].camera += s.camera / counts[s.patch];
  for (NoisyPatch& patch : out) {
    for (int c = 0; c < 3; c++) {
      const double level = std::max(0.0, patch.camera[c] * response[c]);
      patch.deviation[c] =
          std::sqrt((static_cast<double>(noise.shot) * level + static_cast<double>(noise.read)) / kSeenPixels) / response[c];
    }
  }
  return out;
}

/// Unknowns: the six of the matrix, then the logarithm of each chart's level.
class MeanDifference : public cv::MinProblemSolver::Function {
 public:
  MeanDifference(const std::vector<ChartSample>& samples, const Vec3d& white, std::size_t charts, const NoisyPatches* noisy = nullptr)
      : samples_(samples), white_(white), charts_(charts), noisy_(noisy) {
    for (const ChartSample& s : samples) references_.push_back(lab_of(components(s.xyz), components(white)));
  }

  int getDims() const override { return 6 + static_cast<int>(charts_); }
  double calc(const double* unknowns) const override { return mean(unknowns, noise_of(unknowns)); }
  double mean_difference(const double* unknowns) const { return mean(unknowns, {}); }
  double mean_noise(const double* unknowns) const {
    const auto noise = noise_of(unknowns);
    double sum = 0;
    for (const ChartSample& s : samples_) sum += noise[s.patch];
    return sum / static_cast<double>(samples_.size());
  }
  double difference(const double* unknowns, std::size_t i) const {
    const ChartSample& s = samples_[i];
    const Vec3d xyz = std::exp(unknowns[6 + s.chart]) * (matrix_of(unknowns, white_) * s.camera);
    return ciede2000(lab_of(components(xyz), components(white_)), references_[i]);
  }

 private:
  using ByPatch = std::array<double, ColorChecker::kPatches>;

  double mean(const double* unknowns, const ByPatch& noise) const {
    double sum = 0;
    for (std::size_t i = 0; i < samples_.size(); i++) sum += std::hypot(difference(unknowns, i), noise[samples_[i].patch]);
    return sum / static_cast<double>(samples_.size());
  }
  /// CIEDE2000 by which the noise of the channels moves a patch, its root mean square.
  ByPatch noise_of(const double* unknowns) const {
    ByPatch out{};
    if (noisy_ == nullptr) return out;
    const Matx33d matrix = matrix_of(unknowns, white_);
    for (std::size_t i = 0; i < out.size(); i++) {
      const NoisyPatch& patch = (*noisy_)[i];
      const Vec3d xyz = matrix * patch.camera;
      const Lab lab = lab_of(components(xyz), components(white_));
      double squared = 0;
      for (int c = 0; c < 3; c++) {
        const Vec3d moved = xyz + patch.deviation[c] * Vec3d(matrix(0, c), matrix(1, c), matrix(2, c));
        const double by = ciede2000(lab_of(components(moved), components(white_)), lab);
        squared += by * by;
      }
      out[i] = std::sqrt(squared);
    }
    return out;
  }

  const std::vector<ChartSample>& samples_;
  Vec3d white_;
  std::size_t charts_;
  const NoisyPatches* noisy_;
  std::vector<Lab> references_;
};

std::vector<double> refined(const cv::Ptr<MeanDifference>& function, const std::vector<double>& start) {
  cv::Mat1d x(start, true);
  x = x.t();
  cv::Mat1d step(x.size(), 0.02);
  // A simplex may collapse early: it is spread anew around what it found.
  for (int spread = 0; spread < 3; spread++) {
    const auto solver =
        cv::DownhillSolver::create(function, step, cv::TermCriteria(cv::TermCriteria::COUNT | cv::TermCriteria::EPS, 4000, 1e-9));
    cv::Mat1d next = x.clone();
    const double before = function->calc(x.ptr<double>());
    if (solver->minimize(next) < before) x = next.reshape(1, 1);
    step *= 0.3;
  }
  return {x.begin(), x.end()};
}

Vec3d white_of(const Spectrum& light) {
  Spectrum flat;
  flat.fill(1);
  return wide(xyz_of(light, flat));
}

std::vector<double> best_unknowns(const cv::Ptr<MeanDifference>& function, const std::vector<ChartSample>& samples, const Vec3d& white) {
  std::vector<double> start = least_squares(samples, white);
  start.resize(static_cast<std::size_t>(function->getDims()), 0.0);
  return refined(function, start);
}

struct FitToXyz {
  ColorMatrixFit fit;  ///< without camera_to_srgb
  std::vector<ChartSample> samples;
};

FitToXyz fit_to_xyz(std::span<const ColorChecker> charts, const Spectrum& light) {
  if (charts.empty()) throw Error("a color matrix from no charts, expected at least one");
  const Vec3d white = white_of(light);
  if (!(white[0] > 0 && white[1] > 0 && white[2] > 0)) throw Error("a color matrix for a light without power");
  FitToXyz result;
  auto& [out, all] = result;
  for (std::size_t i = 0; i < charts.size(); i++) {
    const BalancedChart chart = balanced_chart(charts[i], i, light);
    out.exposures.push_back(chart.exposure);
    for (std::size_t k = 0; k < 2; k++) out.light[k] += chart.light[k] / static_cast<float>(charts.size());
    all.insert(all.end(), chart.samples.begin(), chart.samples.end());
  }
  const auto function = cv::makePtr<MeanDifference>(all, white, charts.size());
  const std::vector<double> unknowns = best_unknowns(function, all, white);
  const Matx33d to_xyz = matrix_of(unknowns.data(), white);
  if (!(std::abs(cv::determinant(to_xyz)) > 1e-9)) throw Error("a color matrix from a chart whose colors no matrix fits");
  const Vec3d response(std::exp(out.light[0]), 1, std::exp(out.light[1]));
  out.camera_to_xyz = narrow_matrix(to_xyz);
  out.matrix = {cct_of_chromaticity(chromaticity_of(light)).cct, narrow_matrix(Matx33d::diag(response) * to_xyz.inv())};
  for (std::size_t i = 0; i < charts.size(); i++) {
    for (double& level : out.exposures[i].white) level /= std::exp(unknowns[6 + i]);
  }
  for (std::size_t i = 0; i < all.size(); i++) {
    const auto delta_e = static_cast<float>(function->difference(unknowns.data(), i));
    out.differences.push_back({all[i].chart, all[i].patch, delta_e});
    out.mean_delta_e += delta_e / static_cast<float>(all.size());
    out.worst_delta_e = std::max(out.worst_delta_e, delta_e);
  }
  return result;
}

// ---- 4: white-balanced camera to the screen's daylight --------------------------------------------------------------------------------

/// Sets camera_to_srgb and what is known of it.
void fit_to_srgb(ColorMatrixFit& fit, std::vector<ChartSample> samples, std::size_t charts, const NoiseModel& noise) {
  const Spectrum day = daylight(6504);
  const Vec3d white = white_of(day);
  for (ChartSample& s : samples) s.xyz = wide(xyz_of(day, checker_reflectances()[s.patch]));
  const Vec3d response(std::exp(fit.light[0]), 1, std::exp(fit.light[1]));
  const NoisyPatches noisy = noisy_patches(samples, response, noise);
  const auto function = cv::makePtr<MeanDifference>(samples, white, charts, noise == NoiseModel{} ? nullptr : &noisy);
  const std::vector<double> unknowns = best_unknowns(function, samples, white);
  const Chromaticity d65{0.3127f, 0.3290f};
  fit.camera_to_srgb =
      narrow_matrix(wide_matrix(kXyzToSrgb) * wide_matrix(bradford(chromaticity_of(day), d65)) * matrix_of(unknowns.data(), white));
  fit.day_delta_e = static_cast<float>(function->mean_difference(unknowns.data()));
  fit.noise_delta_e = static_cast<float>(function->mean_noise(unknowns.data()));
}

}  // namespace

ColorMatrixFit fit_color_matrix(std::span<const ColorChecker> charts, const Spectrum& light, const NoiseModel& noise) {
  FitToXyz found = fit_to_xyz(charts, light);
  fit_to_srgb(found.fit, std::move(found.samples), charts.size(), noise);
  if (!inverse(found.fit.camera_to_srgb)) throw Error("a color matrix from a chart whose colors no matrix fits");
  return std::move(found.fit);
}

Vec3 balanced_color(const ColorChecker& checker, std::size_t i, const ChartExposure& exposure) {
  const cv::Point2d at = patch_center(i);
  const ChartSample sample{0, i, at.x / ColorChecker::kColumns - 0.5, at.y / ColorChecker::kRows - 0.5, {}, wide(checker.patches[i].mean),
                           1};
  const Vec3d out = without_exposure(sample, exposure);
  return {static_cast<float>(out[0]), static_cast<float>(out[1]), static_cast<float>(out[2])};
}

std::vector<PatchDifference> differences_left_out(std::span<const ColorChecker> charts, const Spectrum& light) {
  const std::array<double, 3> white = components(white_of(light));
  std::vector<PatchDifference> out;
  for (std::size_t column = 0; column < ColorChecker::kColumns; column++) {
    std::vector<ColorChecker> others(charts.begin(), charts.end());
    for (ColorChecker& chart : others) {
      for (std::size_t i = column; i < ColorChecker::kPatches; i += ColorChecker::kColumns) chart.patches[i].pixels = 0;
    }
    const ColorMatrixFit fit = fit_to_xyz(others, light).fit;
    for (std::size_t i = 0; i < charts.size(); i++) {
      for (const ChartSample& s : chart_samples(charts[i], i, light)) {
        if (s.patch % ColorChecker::kColumns != column) continue;
        const Vec3d xyz = wide_matrix(fit.camera_to_xyz) * without_exposure(s, fit.exposures[i]);
        const double delta_e = ciede2000(lab_of(components(xyz), white), lab_of(components(s.xyz), white));
        out.push_back({i, s.patch, static_cast<float>(delta_e)});
      }
    }
  }
  return out;
}

}  // namespace argent
