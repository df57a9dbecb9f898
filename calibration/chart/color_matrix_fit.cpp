#include "calibration/chart/color_matrix_fit.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/core/optim.hpp>

#include "calibration/chart/checker_layout.h"
#include "calibration/chart/color_difference.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using cv::Matx33d;
using cv::Vec3d;

constexpr std::size_t kLeastPatches = 12;

Vec3d wide(const Vec3& v) { return {v[0], v[1], v[2]}; }
std::array<double, 3> components(const Vec3d& v) { return {v[0], v[1], v[2]}; }

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

struct Sample {
  std::size_t chart = 0, patch = 0;
  double x = 0, y = 0;  // of the patch's center, -0.5..0.5 of the chart
  Vec3d xyz;            // under the light
  Vec3d camera;
  double weight = 0;
};

std::vector<Sample> samples_of(const ColorChecker& checker, std::size_t chart, const Spectrum& light) {
  std::vector<Sample> out;
  for (std::size_t i = 0; i < ColorChecker::kPatches; i++) {
    const CheckerPatch& patch = checker.patches[i];
    const auto [r, g, b] = patch.mean;
    if (patch.pixels == 0 || patch.clipped > kMostClipped || !(r > 0 && g > 0 && b > 0)) continue;
    const cv::Point2d at = patch_center(i);
    const Vec3d xyz = wide(xyz_of(light, checker_reflectances()[i]));
    out.push_back(
        {chart, i, at.x / ColorChecker::kColumns - 0.5, at.y / ColorChecker::kRows - 0.5, xyz, wide(patch.mean), 1 / (xyz[1] + 0.05)});
  }
  if (out.size() < kLeastPatches)
    throw Error("a color matrix from a chart with ", out.size(), " patches that are neither clipped nor dark, expected at least ",
                kLeastPatches);
  return out;
}

cv::Mat1d solved(const cv::Mat1d& a, const cv::Mat1d& b) {
  cv::Mat1d x;
  if (!cv::solve(a, b, x, cv::DECOMP_SVD)) throw Error("a color matrix from a chart whose colors no matrix fits");
  return x;
}

// ---- 1: what lay over a chart ---------------------------------------------------------------------------------------------------------

double brightness(const ChartExposure& exposure, const Sample& sample) {
  return std::max(0.1, 1 + exposure.slope_x * sample.x + exposure.slope_y * sample.y);
}

/// Rows of XYZ to one channel, with its flare: which is 0 where it would be negative.
Vec3d fit_channel(const std::vector<Sample>& samples, ChartExposure& exposure, int channel) {
  const int rows = static_cast<int>(samples.size());
  for (const int terms : {4, 3}) {
    cv::Mat1d a(rows, terms), b(rows, 1);
    for (int i = 0; i < rows; i++) {
      const Sample& s = samples[static_cast<std::size_t>(i)];
      for (int k = 0; k < 3; k++) a(i, k) = s.weight * brightness(exposure, s) * s.xyz[k];
      if (terms == 4) a(i, 3) = s.weight;
      b(i, 0) = s.weight * s.camera[channel];
    }
    const cv::Mat1d x = solved(a, b);
    const double flare = terms == 4 ? x(3, 0) : 0;
    if (flare < 0) continue;
    exposure.flare[static_cast<std::size_t>(channel)] = flare;
    return {x(0, 0), x(1, 0), x(2, 0)};
  }
  return {};
}

void fit_slopes(const std::vector<Sample>& samples, const std::array<Vec3d, 3>& rows, ChartExposure& exposure) {
  const int count = static_cast<int>(samples.size());
  cv::Mat1d a(3 * count, 2), b(3 * count, 1);
  for (int i = 0; i < count; i++) {
    const Sample& s = samples[static_cast<std::size_t>(i)];
    for (int c = 0; c < 3; c++) {
      const double level = s.weight * rows[static_cast<std::size_t>(c)].dot(s.xyz);
      a(3 * i + c, 0) = level * s.x;
      a(3 * i + c, 1) = level * s.y;
      b(3 * i + c, 0) = s.weight * (s.camera[c] - exposure.flare[static_cast<std::size_t>(c)]) - level;
    }
  }
  const cv::Mat1d x = solved(a, b);
  constexpr double kSteepest = 0.8;  // so that no corner of a chart is without light
  exposure.slope_x = std::clamp(x(0, 0), -kSteepest, kSteepest);
  exposure.slope_y = std::clamp(x(1, 0), -kSteepest, kSteepest);
}

ChartExposure exposure_of(const std::vector<Sample>& samples) {
  ChartExposure exposure;
  for (int round = 0; round < 30; round++) {
    const ChartExposure before = exposure;
    std::array<Vec3d, 3> rows;
    for (int c = 0; c < 3; c++) rows[static_cast<std::size_t>(c)] = fit_channel(samples, exposure, c);
    fit_slopes(samples, rows, exposure);
    if (std::abs(exposure.slope_x - before.slope_x) + std::abs(exposure.slope_y - before.slope_y) < 1e-9) break;
  }
  return exposure;
}

/// The sample without slope and flare, in units of a white surface.
Vec3d without_exposure(const Sample& s, const ChartExposure& exposure) {
  Vec3d out;
  for (int c = 0; c < 3; c++) {
    const auto k = static_cast<std::size_t>(c);
    out[c] = (s.camera[c] - exposure.flare[k]) / brightness(exposure, s) / exposure.white[k];
  }
  return out;
}

/// Makes that of all samples, once it has found the chart's white; gives its (u, v).
std::array<float, 2> normalise(const ColorChecker& checker, ChartExposure& exposure, std::vector<Sample>& samples) {
  ColorChecker clean = checker;
  for (CheckerPatch& patch : clean.patches) patch.pixels = 0;
  double level = 0, weights = 0;
  exposure.white = {1, 1, 1};
  for (const Sample& s : samples) {
    const Vec3d seen = without_exposure(s, exposure);
    CheckerPatch& patch = clean.patches[s.patch];
    patch.pixels = 1;
    for (int c = 0; c < 3; c++) patch.mean[static_cast<std::size_t>(c)] = static_cast<float>(seen[c]);
    if (s.patch >= ColorChecker::kFirstGrey) level += seen[1], weights += s.xyz[1];
  }
  const Illuminant light = light_of(clean);
  if (light.evidence == 0 || !(level > 0)) throw Error("a color matrix from a chart without a grey patch that is neither clipped nor dark");
  exposure.white = components(level / weights * Vec3d(std::exp(light.mean[0]), 1, std::exp(light.mean[1])));
  for (Sample& s : samples) s.camera = without_exposure(s, exposure);
  return light.mean;
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

std::vector<double> least_squares(const std::vector<Sample>& samples, const Vec3d& white) {
  const int count = static_cast<int>(samples.size());
  std::vector<double> out;
  for (int row = 0; row < 3; row++) {
    cv::Mat1d a(count, 2), b(count, 1);
    for (int i = 0; i < count; i++) {
      const Sample& s = samples[static_cast<std::size_t>(i)];
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

/// Unknowns: the six of the matrix, then the logarithm of each chart's level.
class MeanDifference : public cv::MinProblemSolver::Function {
 public:
  MeanDifference(const std::vector<Sample>& samples, const Vec3d& white, std::size_t charts)
      : samples_(samples), white_(white), charts_(charts) {
    for (const Sample& s : samples) references_.push_back(lab_of(components(s.xyz), components(white)));
  }

  int getDims() const override { return 6 + static_cast<int>(charts_); }
  double calc(const double* unknowns) const override {
    double sum = 0;
    for (std::size_t i = 0; i < samples_.size(); i++) sum += difference(unknowns, i);
    return sum / static_cast<double>(samples_.size());
  }
  double difference(const double* unknowns, std::size_t i) const {
    const Sample& s = samples_[i];
    const Vec3d xyz = std::exp(unknowns[6 + s.chart]) * (matrix_of(unknowns, white_) * s.camera);
    return ciede2000(lab_of(components(xyz), components(white_)), references_[i]);
  }

 private:
  const std::vector<Sample>& samples_;
  Vec3d white_;
  std::size_t charts_;
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

}  // namespace

ColorMatrixFit fit_color_matrix(std::span<const ColorChecker> charts, const Spectrum& light) {
  if (charts.empty()) throw Error("a color matrix from no charts, expected at least one");
  Spectrum flat;
  flat.fill(1);
  const Vec3d white = wide(xyz_of(light, flat));
  if (!(white[0] > 0 && white[1] > 0 && white[2] > 0)) throw Error("a color matrix for a light without power");
  ColorMatrixFit out;
  std::vector<Sample> all;
  for (std::size_t i = 0; i < charts.size(); i++) {
    std::vector<Sample> samples = samples_of(charts[i], i, light);
    out.exposures.push_back(exposure_of(samples));
    const std::array<float, 2> uv = normalise(charts[i], out.exposures.back(), samples);
    for (std::size_t k = 0; k < 2; k++) out.light[k] += uv[k] / static_cast<float>(charts.size());
    all.insert(all.end(), samples.begin(), samples.end());
  }

  std::vector<double> unknowns = least_squares(all, white);
  unknowns.resize(6 + charts.size(), 0.0);
  const auto function = cv::makePtr<MeanDifference>(all, white, charts.size());
  unknowns = refined(function, unknowns);

  const Matx33d to_xyz = matrix_of(unknowns.data(), white);
  if (!(std::abs(cv::determinant(to_xyz)) > 1e-9)) throw Error("a color matrix from a chart whose colors no matrix fits");
  const Vec3d response(std::exp(out.light[0]), 1, std::exp(out.light[1]));
  out.camera_to_xyz = narrow_matrix(to_xyz);
  for (std::size_t i = 0; i < charts.size(); i++) {
    for (double& white : out.exposures[i].white) white /= std::exp(unknowns[6 + i]);
  }
  const Chromaticity chromaticity = chromaticity_of(light), d65{0.3127f, 0.3290f};
  out.matrix = {cct_of_chromaticity(chromaticity).cct, narrow_matrix(Matx33d::diag(response) * to_xyz.inv())};
  out.camera_to_srgb = narrow_matrix(wide_matrix(kXyzToSrgb) * wide_matrix(bradford(chromaticity, d65)) * to_xyz);
  for (std::size_t i = 0; i < all.size(); i++) {
    const auto delta_e = static_cast<float>(function->difference(unknowns.data(), i));
    out.differences.push_back({all[i].chart, all[i].patch, delta_e});
    out.mean_delta_e += delta_e / static_cast<float>(all.size());
    out.worst_delta_e = std::max(out.worst_delta_e, delta_e);
  }
  return out;
}

Vec3 balanced_color(const ColorChecker& checker, std::size_t i, const ChartExposure& exposure) {
  const cv::Point2d at = patch_center(i);
  const Sample sample{0, i, at.x / ColorChecker::kColumns - 0.5, at.y / ColorChecker::kRows - 0.5, {}, wide(checker.patches[i].mean), 1};
  const Vec3d out = without_exposure(sample, exposure);
  return {static_cast<float>(out[0]), static_cast<float>(out[1]), static_cast<float>(out[2])};
}

std::vector<PatchDifference> differences_left_out(std::span<const ColorChecker> charts, const Spectrum& light) {
  Spectrum flat;
  flat.fill(1);
  const std::array<double, 3> white = components(wide(xyz_of(light, flat)));
  std::vector<PatchDifference> out;
  for (std::size_t column = 0; column < ColorChecker::kColumns; column++) {
    std::vector<ColorChecker> others(charts.begin(), charts.end());
    for (ColorChecker& chart : others) {
      for (std::size_t i = column; i < ColorChecker::kPatches; i += ColorChecker::kColumns) chart.patches[i].pixels = 0;
    }
    const ColorMatrixFit fit = fit_color_matrix(others, light);
    for (std::size_t i = 0; i < charts.size(); i++) {
      for (const Sample& s : samples_of(charts[i], i, light)) {
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
