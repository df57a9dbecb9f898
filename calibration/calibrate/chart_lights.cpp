#include "calibration/calibrate/chart_lights.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "calibration/calibrate/capture_loader.h"
#include "calibration/chart/sensor_picture.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "isp/color_temperature.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr double kContradiction = 0.1;  // relative, of a lamp's temperature
constexpr float kDimWhite = 0.1f;       // of saturation
constexpr float kDarkWhite = 0.03f;     // of saturation: the dark patches are below a code of ten bits
constexpr double kTooFar = 6;           // CIEDE2000, mean: no ColorChecker has such colors
constexpr double kSameWhite = 0.06;     // log
constexpr double kSurelyOff = 20;       // mired off the curve
constexpr std::size_t kWhite = ColorChecker::kFirstGrey;

/// Lamps with a filament, and the sky. A name of neither kind is asked for its place beside the locus, but a tube that lies on it is no
/// natural light: what counts is the spectrum.
bool is_natural(const std::string& name) {
  if (name.empty() || name == "A" || name == "SA" || name == "Incandescent" || name == "Natural" || name == "60_A_W_Soft_White_")
    return true;
  return name.size() >= 3 && name.front() == 'D' && std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Spectrum spectrum_of(const std::string& name, float cct, const std::filesystem::path& spectra) {
  return name.empty() ? natural_light(cct) : illuminant(name, spectra);
}

/// The label's temperature, or the named light's.
float cct_of(const LabelledCapture& label, const std::filesystem::path& spectra) {
  if (label.illuminant.empty() && !label.cct) throw Error("a chart in unknown light, expected its cct or illuminant");
  if (label.illuminant.empty()) return *label.cct;
  const float own = cct_of_chromaticity(chromaticity_of(illuminant(label.illuminant, spectra))).cct;
  if (!label.cct) return own;
  if (std::abs(static_cast<double>(*label.cct / own) - 1) > kContradiction)
    throw Error("labels contradict each other: illuminant ", label.illuminant, " has ", shown_number(static_cast<double>(own)),
                " K, cct says ", shown_number(static_cast<double>(*label.cct)));
  return *label.cct;
}

Quadrilateral corners_of(const std::array<float, 8>& flat) {
  Quadrilateral out;
  for (std::size_t i = 0; i < out.size(); i++) out[i] = {flat[2 * i], flat[2 * i + 1]};
  return out;
}

/// The chart's place painted over, so that another one would be found.
void blot_out(SensorPicture& picture, const ColorChecker& checker) {
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (const PlaneFraction& corner : checker.corners) {
    const auto [x, y] = picture.pixel_of(corner);
    left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
  }
  const auto clamp = [](double v, int n) { return std::clamp(static_cast<int>(v), 0, n); };
  for (int y = clamp(top, picture.linear.height()); y < clamp(bottom, picture.linear.height()); y++) {
    float* row = picture.linear.row<float>(y);
    for (int x = clamp(left, picture.linear.width()); x < clamp(right, picture.linear.width()); x++) {
      for (int c = 0; c < 3; c++) row[3 * x + c] = checker.patches[ColorChecker::kPatches - 3].mean[static_cast<std::size_t>(c)];
    }
  }
}

void doubt(ChartReading& reading) {
  const ColorChecker& checker = reading.capture.checker;
  const auto clipped =
      std::count_if(checker.patches.begin(), checker.patches.end(), [](const CheckerPatch& p) { return p.clipped > kMostClipped; });
  if (clipped > 0) reading.warnings.push_back(std::to_string(clipped) + " of 24 patches are clipped and were left out");
  const float white = checker.patches[kWhite].mean[1];
  if (white >= kDimWhite) return;
  (white < kDarkWhite ? reading.faults : reading.warnings)
      .push_back("dim: white has " + shown_number(100 * static_cast<double>(white)) + " % of saturation, 30 to 90 % is right");
}

/// Charts of the same light, by rising temperature.
std::vector<std::vector<std::size_t>> by_light(std::span<const ChartCapture> charts) {
  std::vector<std::size_t> order(charts.size());
  for (std::size_t i = 0; i < order.size(); i++) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return charts[a].cct < charts[b].cct; });
  std::vector<std::vector<std::size_t>> groups;
  for (const std::size_t i : order) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& group) {
      const ChartCapture& first = charts[group.front()];
      return first.illuminant == charts[i].illuminant &&
             is_same_setting(static_cast<double>(first.cct), static_cast<double>(charts[i].cct));
    });
    if (same != groups.end()) {
      same->push_back(i);
    } else {
      groups.push_back({i});
    }
  }
  return groups;
}

std::string name_of(const LightMeasurement& light) {
  return (light.illuminant.empty() ? "" : light.illuminant + ", ") + shown_number(static_cast<double>(light.cct)) + " K";
}

/// Charts that are said to be in one light have one white.
void check_same_white(const std::vector<std::size_t>& group, std::span<const ChartCapture> charts) {
  for (const std::size_t i : group) {
    const Illuminant one = light_of(charts[group.front()].checker), other = light_of(charts[i].checker);
    const double apart = std::hypot(static_cast<double>(one.mean[0] - other.mean[0]), static_cast<double>(one.mean[1] - other.mean[1]));
    if (apart > kSameWhite)
      throw Error("labels contradict each other: said to be in one light, but the whites of ",
                  charts[group.front()].file.filename().string(), " and ", charts[i].file.filename().string(), " are ",
                  shown_number(100 * apart), " % apart");
  }
}

LightMeasurement measured(const std::vector<std::size_t>& group, std::span<const ChartCapture> charts, const std::filesystem::path& spectra,
                          const NoiseModel& noise) {
  check_same_white(group, charts);
  LightMeasurement out;
  out.illuminant = charts[group.front()].illuminant;
  out.cct = charts[group.front()].cct;
  out.natural = is_natural(out.illuminant);
  out.charts = group;
  std::vector<ColorChecker> checkers;
  for (const std::size_t i : group) checkers.push_back(charts[i].checker);
  out.spectrum = spectrum_of(out.illuminant, out.cct, spectra);
  out.fit = fit_color_matrix(checkers, out.spectrum, noise);
  out.fit.matrix.cct = out.cct;
  if (!(out.fit.mean_delta_e < kTooFar))
    throw Error("colors are off by ", shown_number(static_cast<double>(out.fit.mean_delta_e)),
                " (mean CIEDE2000) whatever the matrix: another chart, another light than the label's, or a glare");
  out.left_out = differences_left_out(checkers, out.spectrum);
  for (const PatchDifference& patch : out.left_out)
    out.mean_left_out += static_cast<double>(patch.delta_e) / static_cast<double>(out.left_out.size());
  return out;
}

void fit_curve(LightFits& out) {
  std::vector<WhiteCapture> whites;
  std::vector<ColorMatrix> matrices;
  for (const LightMeasurement& light : out.lights) {
    whites.push_back({light.cct, {static_cast<double>(light.fit.light[0]), static_cast<double>(light.fit.light[1])}, light.natural});
    if (light.natural && (matrices.empty() || light.cct > matrices.back().cct)) matrices.push_back(light.fit.matrix);
  }
  if (matrices.empty()) {
    if (!out.lights.empty())
      out.findings.push_back(
          {Severity::kWarning, "cct curve", "no chart in natural light: no curve; take one under a filament lamp and one in daylight"});
    return;
  }
  try {
    out.curve = fit_cct_curve(whites, matrices);
  } catch (const Error& error) {
    out.findings.push_back({Severity::kError, "cct curve", error.what()});
    return;
  }
  for (std::size_t i = 0; i < out.lights.size(); i++) {
    if (!out.lights[i].natural || std::abs(out.curve->mired_off[i]) < kSurelyOff) continue;
    out.findings.push_back(
        {Severity::kWarning, "cct curve",
         "the chart at " + name_of(out.lights[i]) + " lies " + shown_number(std::abs(out.curve->mired_off[i])) + " mired from its label"});
  }
  const auto covered = [&](const char* what, bool is_missing) {
    if (is_missing) out.findings.push_back({Severity::kNote, "cct curve", what});
  };
  covered("no capture under 3000 K: the curve is extrapolated there", out.curve->measured_from > 3000);
  covered("no capture above 6000 K: the curve is extrapolated there", out.curve->measured_to < 6000);
}

}  // namespace

std::string shown_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, std::abs(value) >= 1000 ? "%.0f" : "%.4g", value);
  return text;
}

ChartReading read_chart_capture(const LabelledCapture& label, const RawFrame& frame, std::span<const ShadingFit> shading,
                                const std::filesystem::path& spectra, BufferPool& pool) {
  ChartReading out;
  out.capture.file = label.file;
  out.capture.illuminant = label.illuminant;
  out.capture.cct = cct_of(label, spectra);
  out.capture.lux = label.lux;
  out.capture.settings = frame.applied.settings;
  SensorPicture picture = sensor_picture(frame, pool);
  std::vector<ShadingMesh> meshes;
  for (const ShadingFit& fit : shading) meshes.push_back(fit.mesh);
  undo_shading(picture, meshes, out.capture.cct);
  if (label.chart) {
    out.capture.checker = place_color_checker(picture, corners_of(*label.chart));
  } else {
    const std::optional<ColorChecker> found = find_color_checker(picture);
    if (!found) throw Error("no ColorChecker in it, or none sure enough; chart: [x, y of four corners] in set.yaml places one by hand");
    out.capture.checker = *found;
    blot_out(picture, *found);
    if (find_color_checker(picture, ChartSearch::kQuick))
      out.faults.push_back("there is more than one chart in it; the surest was taken: chart in set.yaml says which is meant");
  }
  doubt(out);
  return out;
}

LightFits fit_chart_lights(std::span<const ChartCapture> charts, const std::filesystem::path& spectra, const NoiseModel& noise) {
  LightFits out;
  for (const std::vector<std::size_t>& group : by_light(charts)) {
    try {
      out.lights.push_back(measured(group, charts, spectra, noise));
    } catch (const Error& error) {
      std::string files;
      for (const std::size_t i : group) files += (files.empty() ? "" : ", ") + charts[i].file.filename().string();
      out.findings.push_back({Severity::kError, files, error.what()});
    }
  }
  if (charts.empty()) out.findings.push_back({Severity::kNote, "color", "no chart: neither matrices nor a cct curve"});
  fit_curve(out);
  return out;
}

}  // namespace argent
