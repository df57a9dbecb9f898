// calibration_table SPECTRA [CAMERAS] - how right calibration is on synthetic sets, beside the method of Raspberry Pi's ctt, re-implemented
// from its description: black from the mean of dark frames; a 32x32 table of cells' means; the matrix to fixed colors of the chart with the
// least mean CIEDE2000, rows that sum to 1; whites of the grey patches with a parabola through r / (1 + r + b) and b / (1 + r + b); noise
// as a line through the patches' deviation over the root of their level. SPECTRA: folder with cameras/*.json.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

#include "calibration/calibrate/calibrator.h"
#include "calibration/chart/color_difference.h"
#include "calibration/fit/site_plane.h"
#include "calibration/synthesis/best_color_matrix.h"
#include "calibration/synthesis/nelder_mead.h"
#include "calibration/synthesis/synthetic_set.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"

namespace {

using namespace argent;
namespace fs = std::filesystem;

constexpr const char* kCameras[] = {
    "Canon_EOS_5D_Mark_IV", "Nikon_D5100", "Sony_ILCE-7M3",      "Fujifilm_X-T4",       "Canon_EOS_R6",
    "Nikon_D810",           "ARRI_D21",    "Hasselblad_L2D-20c", "Canon_PowerShot_S90", "Arashi_Vision_Insta360_X5"};
constexpr const char* kLights[] = {"A", "3500K", "FL11", "D50", "D65", "D75"};

/// One number of a method on one camera; NaN: it has none.
struct Scores {
  double black = NAN, noise = NAN, shot = NAN, read = NAN, shading = NAN, color = NAN, curve = NAN, between = NAN, found = NAN,
         false_per_million = NAN;
};

double rms(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return values.empty() ? NAN : std::sqrt(sum / static_cast<double>(values.size()));
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? NAN : sum / static_cast<double>(values.size());
}

/// CIEDE2000 of a matrix from white-balanced camera color to `space`, on what the camera sees without noise; over the best matrix's.
double color_ratio(const KnownCamera& camera, const Spectrum& light, const Mat3& to_xyz, const Vec3& white_out) {
  const Vec3 neutral = response(camera.sensitivities, light, white_surface()), xyz_white = xyz_of(light, white_surface());
  const auto triple = [](const Vec3& v) { return std::array<double, 3>{double(v[0]), double(v[1]), double(v[2])}; };
  const auto difference = [&](double brightness) {
    double sum = 0;
    for (const Spectrum& patch : checker_reflectances()) {
      Vec3 seen = response(camera.sensitivities, light, patch);
      for (std::size_t c = 0; c < 3; c++) seen[c] *= static_cast<float>(brightness) / neutral[c];
      sum += ciede2000(lab_of(triple(multiply(to_xyz, seen)), triple(white_out)), lab_of(triple(xyz_of(light, patch)), triple(xyz_white)));
    }
    return sum / 24;
  };
  double least = 1e9;  // exposure is nobody's to know
  for (double brightness = 0.9; brightness < 1.1; brightness += 0.005) least = std::min(least, difference(brightness));
  return least / best_color_matrix(camera.sensitivities, light, BrightnessFit::kFree).mean_delta_e;
}

double sigma_error(const NoiseModel& truth, const std::function<double(double)>& sigma) {
  std::vector<double> errors;
  for (const double level : {0.01, 0.03, 0.1, 0.3, 0.8})
    errors.push_back(sigma(level) / std::sqrt(static_cast<double>(truth.shot) * level + static_cast<double>(truth.read)) - 1);
  return 100 * rms(errors);
}

std::array<double, 2> true_white(const KnownCamera& camera, const Spectrum& light) {
  const Vec3 seen = response(camera.sensitivities, light, white_surface());
  return {static_cast<double>(seen[0] / seen[1]), static_cast<double>(seen[2] / seen[1])};
}

double white_error(const KnownCamera& camera, double red, double blue, const Spectrum& light) {
  const auto truth = true_white(camera, light);
  return 100 * std::max(std::abs(red / truth[0] - 1), std::abs(blue / truth[1] - 1));
}

constexpr float kBetween[] = {3200, 4200, 5700};

/// rms of true light times a gain, in percent.
double residual(const KnownCamera& camera, std::size_t channel, double cct, const std::function<double(double, double)>& gain) {
  std::vector<double> light;
  for (int y = 0; y < 60; y++) {
    for (int x = 0; x < 80; x++)
      light.push_back(falloff_at(camera, channel, cct, (x + 0.5) / 80, (y + 0.5) / 60) * gain((x + 0.5) / 80, (y + 0.5) / 60));
  }
  const double middle = mean(light);
  for (double& v : light) v = v / middle - 1;
  return 100 * rms(light);
}

double bilinear(const std::vector<float>& values, int columns, int rows, double x, double y) {
  x = std::clamp(x, 0.0, columns - 1.0);
  y = std::clamp(y, 0.0, rows - 1.0);
  const int i = std::min(static_cast<int>(x), columns - 2), j = std::min(static_cast<int>(y), rows - 2);
  const auto at = [&](int a, int b) { return static_cast<double>(values[static_cast<std::size_t>(b * columns + a)]); };
  return std::lerp(std::lerp(at(i, j), at(i + 1, j), x - i), std::lerp(at(i, j + 1), at(i + 1, j + 1), x - i), y - j);
}

// ---- ours -----------------------------------------------------------------------------------------------------------------------------

Scores ours(const KnownCamera& camera, const Calibration& c) {
  Scores out;
  std::vector<double> black, shot, read, shading, color, curve, between;
  for (std::size_t site = 0; site < 4; site++) black.push_back(c.black[site] - static_cast<double>(camera.sensor.black[site]));
  out.black = *std::max_element(black.begin(), black.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  for (const NoisePoint& point : c.profile.noise) {
    const NoiseModel truth = noise_of(camera.sensor, static_cast<double>(point.analogue_gain));
    shot.push_back(100 * static_cast<double>(point.noise.shot / truth.shot - 1));
    read.push_back(100 * static_cast<double>(point.noise.read / truth.read - 1));
  }
  const auto worst = [](const std::vector<double>& v) {
    return v.empty() ? NAN : std::abs(*std::max_element(v.begin(), v.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
  };
  out.black = worst(black);
  out.shot = worst(shot);
  out.read = worst(read);
  if (!c.profile.noise.empty()) {
    const NoiseModel& first = c.profile.noise.front().noise;
    out.noise = sigma_error(noise_of(camera.sensor, 1), [&](double level) {
      return std::sqrt(static_cast<double>(first.shot) * level + static_cast<double>(first.read));
    });
  }
  for (const ShadingMesh& mesh : c.profile.isp.shading) {
    for (std::size_t k = 0; k < 3; k++) {
      shading.push_back(residual(camera, k, static_cast<double>(mesh.cct), [&](double u, double v) {
        return bilinear(mesh.gains[k], mesh.columns, mesh.rows, u * (mesh.columns - 1), v * (mesh.rows - 1));
      }));
    }
  }
  out.shading = worst(shading);
  for (const LightMeasurement& light : c.lights) {
    color.push_back(color_ratio(camera, light.spectrum, light.fit.camera_to_xyz, xyz_of(light.spectrum, white_surface())));
    if (light.natural)
      curve.push_back(white_error(camera, std::exp(static_cast<double>(light.fit.light[0])),
                                  std::exp(static_cast<double>(light.fit.light[1])), light.spectrum));
  }
  out.color = worst(color);
  out.curve = worst(curve);
  if (c.curve) {
    for (const float cct : kBetween) {
      const Vec3 gains = gains_of_cct(std::span<const CctPoint>(c.curve->curve), cct).value();
      between.push_back(white_error(camera, 1 / static_cast<double>(gains[0]), 1 / static_cast<double>(gains[2]), natural_light(cct)));
    }
    out.between = worst(between);
  }
  double found = 0;
  for (const KnownDefect& defect : camera.sensor.defects)
    found += std::any_of(c.defects.begin(), c.defects.end(), [&](const PixelDefect& d) { return d.x == defect.x && d.y == defect.y; });
  const double pixels = static_cast<double>(camera.sensor.size.width) * camera.sensor.size.height;
  out.found = 100 * found / static_cast<double>(camera.sensor.defects.size());
  out.false_per_million = (static_cast<double>(c.defects.size()) - found) / pixels * 1e6;
  return out;
}

// ---- ctt's way ------------------------------------------------------------------------------------------------------------------------

struct Table {
  static constexpr int kSide = 32;
  std::array<std::vector<float>, 3> gains;
  double at(std::size_t c, double u, double v) const { return bilinear(gains[c], kSide, kSide, u * kSide - 0.5, v * kSide - 0.5); }
};

Table table_of(const RawFrame& flat, double black) {
  Table out;
  for (std::size_t c = 0; c < 3; c++) {
    std::vector<double> sums(Table::kSide * Table::kSide), counts(sums.size());
    for (const SitePlane& plane : site_planes(flat)) {
      if (plane.channel() != static_cast<int>(c)) continue;
      for (int y = 0; y < plane.height; y++) {
        for (int x = 0; x < plane.width; x++) {
          const auto cell = static_cast<std::size_t>(y * Table::kSide / plane.height * Table::kSide + x * Table::kSide / plane.width);
          sums[cell] += plane.at(x, y) - black;
          counts[cell]++;
        }
      }
    }
    double most = 0;
    for (std::size_t i = 0; i < sums.size(); i++) most = std::max(most, sums[i] / counts[i]);
    for (std::size_t i = 0; i < sums.size(); i++) out.gains[c].push_back(static_cast<float>(most / (sums[i] / counts[i])));
  }
  return out;
}

/// Colors of the chart as everybody has them: under D65.
Lab chart_lab(std::size_t patch) {
  const Spectrum d65 = illuminant("D65");
  const auto triple = [](const Vec3& v) { return std::array<double, 3>{double(v[0]), double(v[1]), double(v[2])}; };
  return lab_of(triple(xyz_of(d65, checker_reflectances()[patch])), triple(xyz_of(d65, white_surface())));
}

Scores by_ctt(const KnownCamera& camera, const SyntheticSet& set, const Calibration& charts) {
  Scores out;
  double sum = 0, count = 0;
  for (const SyntheticCapture& capture : set.captures) {
    if (capture.part != SetPart::kDarks || capture.settings.gain != 1) continue;
    const RawFrame frame = frame_of(set, capture);
    for (const SitePlane& plane : site_planes(frame)) {
      for (int y = 0; y < plane.height; y++) {
        for (int x = 0; x < plane.width; x++) sum += plane.at(x, y), count++;
      }
    }
  }
  const double black = sum / count;
  for (const float site : camera.sensor.black)
    out.black = std::fmax(std::isnan(out.black) ? 0 : out.black, std::abs(black - static_cast<double>(site)));

  std::map<std::size_t, Table> tables;
  std::vector<double> shading;
  for (const SyntheticCapture& capture : set.captures) {
    if (capture.part != SetPart::kFlats || tables.contains(capture.light)) continue;
    const Table& table = tables[capture.light] = table_of(frame_of(set, capture), black);
    for (std::size_t c = 0; c < 3; c++)
      shading.push_back(residual(camera, c, static_cast<double>(set.options.lights[capture.light].cct),
                                 [&](double u, double v) { return table.at(c, u, v); }));
  }
  out.shading = *std::max_element(shading.begin(), shading.end());

  std::vector<double> color, levels, deviations;
  std::vector<std::array<double, 3>> whites;  // cct, r hat, b hat
  std::vector<double> curve;
  for (const LightMeasurement& light : charts.lights) {
    const ColorChecker& checker = charts.charts[light.charts.front()].checker;  // found by us, shading taken off
    double red = 0, green = 0, blue = 0;
    for (std::size_t i = ColorChecker::kFirstGrey + 1; i < ColorChecker::kBlack; i++)
      red += double(checker.patches[i].mean[0]), green += double(checker.patches[i].mean[1]), blue += double(checker.patches[i].mean[2]);
    const double r = red / green, b = blue / green;
    if (light.natural) {
      whites.push_back({static_cast<double>(light.cct), r / (1 + r + b), b / (1 + r + b)});
      curve.push_back(white_error(camera, r, b, light.spectrum));
    }
    const double level = 0.9 / static_cast<double>(checker.patches[ColorChecker::kFirstGrey].mean[1]);
    const auto matrix_of = [](const Unknowns& u) {
      Mat3 m{};
      for (std::size_t row = 0; row < 3; row++) {
        const double a = u[2 * row], c = u[2 * row + 1];
        std::array<double, 3> values{a, c, 0};
        const std::size_t own = row, one = (row + 1) % 3, two = (row + 2) % 3;
        m[3 * row + one] = static_cast<float>(values[0]);
        m[3 * row + two] = static_cast<float>(values[1]);
        m[3 * row + own] = static_cast<float>(1 - a - c);
      }
      return m;
    };
    const auto seen = [&](std::size_t i) {
      const Vec3& m = checker.patches[i].mean;
      return Vec3{static_cast<float>(level * double(m[0]) / r), static_cast<float>(level * double(m[1])),
                  static_cast<float>(level * double(m[2]) / b)};
    };
    const Vec3 d65 = multiply(kSrgbToXyz, Vec3{1, 1, 1});
    const std::array<double, 3> white{double(d65[0]), double(d65[1]), double(d65[2])};
    const auto cost = [&](const Unknowns& u) {
      const Mat3 to_xyz = multiply(kSrgbToXyz, matrix_of(u));
      double total = 0;
      for (std::size_t i = 0; i < 24; i++) {
        const Vec3 xyz = multiply(to_xyz, seen(i));
        total += ciede2000(lab_of({double(xyz[0]), double(xyz[1]), double(xyz[2])}, white), chart_lab(i));
      }
      return total / 24;
    };
    Unknowns best(6, -0.2);
    for (int round = 0; round < 4; round++) best = nelder_mead(cost, best, 0.1, 1e-7, 3000);
    color.push_back(color_ratio(camera, light.spectrum, multiply(kSrgbToXyz, matrix_of(best)), d65));
    for (const CheckerPatch& patch : checker.patches) {
      levels.push_back(std::sqrt(std::max(0.0, double(patch.mean[1]))));
      deviations.push_back(double(patch.deviation[1]) * std::sqrt(2.0));  // of one green, of which the picture has the mean of two
    }
  }
  out.color = *std::max_element(color.begin(), color.end());
  out.curve = *std::max_element(curve.begin(), curve.end());

  // Parabola: b hat over r hat, and r hat over reciprocal temperature as a polyline, as its ct_curve is used.
  std::sort(whites.begin(), whites.end());
  double s[5] = {}, t[3] = {};
  for (const auto& w : whites) {
    for (int k = 0; k < 5; k++) s[k] += std::pow(w[1], k);
    for (int k = 0; k < 3; k++) t[k] += w[2] * std::pow(w[1], k);
  }
  const Mat3 normal{float(s[0]), float(s[1]), float(s[2]), float(s[1]), float(s[2]), float(s[3]), float(s[2]), float(s[3]), float(s[4])};
  if (const auto solved = inverse(normal)) {
    const Vec3 k = multiply(*solved, Vec3{float(t[0]), float(t[1]), float(t[2])});
    std::vector<double> between;
    for (const float cct : kBetween) {
      std::size_t i = 1;
      while (i + 1 < whites.size() && whites[i][0] < static_cast<double>(cct)) i++;
      const double share = (static_cast<double>(cct) - whites[i - 1][0]) / (whites[i][0] - whites[i - 1][0]);
      const double rh = std::lerp(whites[i - 1][1], whites[i][1], share), bh = double(k[0]) + double(k[1]) * rh + double(k[2]) * rh * rh,
                   gh = 1 - rh - bh;
      between.push_back(white_error(camera, rh / gh, bh / gh, natural_light(cct)));
    }
    out.between = *std::max_element(between.begin(), between.end());
  }

  double n = 0, sx = 0, sxx = 0, sy = 0, sxy = 0;
  for (std::size_t i = 0; i < levels.size(); i++)
    n++, sx += levels[i], sxx += levels[i] * levels[i], sy += deviations[i], sxy += levels[i] * deviations[i];
  const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx), start = (sy - slope * sx) / n;
  out.noise = sigma_error(noise_of(camera.sensor, 1), [&](double level) { return start + slope * std::sqrt(level); });
  return out;
}

void print_row(const char* name, const char* method, const Scores& s) {
  std::printf("%-28s %-5s %7.3f %7.2f %7.2f %7.2f %8.3f %7.3f %7.2f %8.2f %7.1f %7.2f\n", name, method, s.black, s.noise, s.shot, s.read,
              s.shading, s.color, s.curve, s.between, s.found, s.false_per_million);
  std::fflush(stdout);
}

void measure(const fs::path& spectra, const char* name, std::uint64_t seed) {
  KnownCamera camera;
  camera.name = name;
  camera.sensitivities = measured_sensitivities(name, spectra);
  camera.sensor.defects = random_defects(camera.sensor.size, 100, seed);
  SyntheticSetOptions options;
  for (const char* light : kLights) options.lights.push_back(known_light(light, spectra));
  options.parts = {SetPart::kCharts, SetPart::kFlats, SetPart::kDarks, SetPart::kRamp};
  options.gains = {1, 4};
  options.seed = seed;
  const SyntheticSet set = plan_set(camera, options);
  const fs::path folder = fs::temp_directory_path() / ("argent_calibration_table_" + std::string(name));
  fs::remove_all(folder);
  write_set(set, folder, {.threads = 2, .overwrite = Overwrite::kYes, .progress = {}});
  Calibrator calibrator(load_calibration_set(folder), {spectra});
  while (!calibrator.done()) calibrator.step();
  const Calibration& result = calibrator.result();
  fs::remove_all(folder);
  for (const CalibrationFinding& finding : result.findings) {
    if (finding.severity != Severity::kNote) std::printf("  %s: %s\n", finding.subject.c_str(), finding.text.c_str());
  }
  print_row(name, "ours", ours(camera, result));
  print_row("", "ctt", by_ctt(camera, set, result));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: calibration_table SPECTRA [CAMERAS]\n");
    return 2;
  }
  const std::size_t cameras = argc > 2 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) : std::size(kCameras);
  std::printf(
      "worst of a camera's lights and gains, %%: black codes; noise rms of sigma at gain 1; shot, read; shading rms left; color: CIEDE2000 "
      "over the best matrix's;\n"
      "whites at captured temperatures and between; defects found, false in a million\n%-28s %-5s %7s %7s %7s %7s %8s %7s %7s %8s %7s "
      "%7s\n",
      "camera", "", "black", "noise", "shot", "read", "shading", "color", "whites", "between", "found", "false");
  try {
    for (std::size_t i = 0; i < std::min(cameras, std::size(kCameras)); i++) measure(argv[1], kCameras[i], i + 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "argent: %s\n", error.what());
    return 1;
  }
  return 0;
}
