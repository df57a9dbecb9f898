// How far developed colors are from what the chart's makers measured, beside LibRaw's with the same matrix, gains and patches.
#include <gtest/gtest.h>
#include <libraw/libraw.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numeric>

#include "calibration/chart/color_difference.h"
#include "calibration/chart/color_matrix_fit.h"
#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "isp/io/dng_writer.h"
#include "isp/packed_codes.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/calibration/chart/chart_fixture.h"

namespace argent {
namespace {

namespace fs = std::filesystem;
using Colors = std::array<std::array<double, 3>, ColorChecker::kPatches>;  // linear sRGB of some level

/// Mean of the pixels in the inner 60 % of a patch, as calibration reads them; `at` gives linear R G B of a pixel.
std::array<double, 3> patch_mean(const CheckerPatch& patch, Size size, const std::function<std::array<double, 3>(int, int)>& at) {
  std::array<std::array<double, 2>, 4> corners{};
  std::array<double, 2> center{};
  for (std::size_t i = 0; i < 4; i++) {
    corners[i] = {double(patch.corners[i].x) * size.width, double(patch.corners[i].y) * size.height};
    for (std::size_t k = 0; k < 2; k++) center[k] += corners[i][k] / 4;
  }
  for (auto& corner : corners) {
    for (std::size_t k = 0; k < 2; k++) corner[k] = center[k] + 0.6 * (corner[k] - center[k]);
  }
  const auto inside = [&](double x, double y) {
    for (std::size_t i = 0; i < 4; i++) {
      const auto &a = corners[i], &b = corners[(i + 1) % 4];
      if ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) < 0) return false;
    }
    return true;
  };
  std::array<double, 3> sum{};
  int count = 0;
  const auto [left, right] = std::minmax({corners[0][0], corners[1][0], corners[2][0], corners[3][0]});
  const auto [top, bottom] = std::minmax({corners[0][1], corners[1][1], corners[2][1], corners[3][1]});
  for (int y = static_cast<int>(top); y <= bottom; y++) {
    for (int x = static_cast<int>(left); x <= right; x++) {
      if (!inside(x + 0.5, y + 0.5)) continue;
      const auto rgb = at(x, y);
      for (std::size_t c = 0; c < 3; c++) sum[c] += rgb[c];
      count++;
    }
  }
  for (double& v : sum) v /= std::max(count, 1);
  return sum;
}

/// By Argent: the whole way, to linear sRGB of 16 bits.
Colors developed(const RawFrame& frame, const ColorChecker& checker, const Vec3& gains, const Mat3& matrix) {
  PipelineParams params;
  params.demosaic.method = "best";
  params.output.type = PixelType::kU16;
  params.output.encoding = Encoding::kLinear;
  params.corrections = {{6504, matrix}};
  Controls controls;
  controls.colour_gains = gains;
  controls.digital_gain = 0.5f / *std::max_element(gains.begin(), gains.end());  // nothing clips for being pure
  const Image image = Pipeline(params).render(frame, controls);
  Colors out{};
  for (std::size_t i = 0; i < out.size(); i++) {
    out[i] = patch_mean(checker.patches[i], frame.size(), [&](int x, int y) {
      const auto* p = image.row<std::uint16_t>(y) + 3 * x;
      return std::array<double, 3>{double(p[0]), double(p[1]), double(p[2])};
    });
  }
  return out;
}

/// By LibRaw: its black level, gains and AHD, to the camera's own color (dcraw_emu -o 0 -4 -W -r ... -q 3), then the same matrix. The codes
/// are handed over times 16, because it rounds black levels.
Colors developed_by_libraw(const RawFrame& frame, const ColorChecker& checker, const Vec3& gains, const Mat3& matrix) {
  BufferPool pool;
  RawFrame wide = unpacked(frame, pool);
  const RawFrame narrow = share(wide);
  const auto codes = std::make_shared<std::vector<std::uint16_t>>();
  const int factor = frame.sensor.white[0] < 256 ? 16 : 1;
  for (int y = 0; y < frame.size().height; y++) {
    for (int x = 0; x < frame.size().width; x++) codes->push_back(static_cast<std::uint16_t>(narrow.data[y * narrow.stride + x] * factor));
  }
  wide.lease = codes;
  wide.data = codes->data();
  wide.stride = frame.size().width;
  wide.sensor.bits = 16;
  for (float& v : wide.sensor.black) v *= static_cast<float>(factor);
  for (float& v : wide.sensor.white) v *= static_cast<float>(factor);
  const fs::path path = fs::temp_directory_path() / ("argent_color_accuracy_" + std::to_string(::getpid()) + ".dng");
  save_dng(wide, path, {.overwrite = Overwrite::kYes, .compression = DngCompression::kNone});

  LibRaw raw;
  raw.imgdata.params.output_color = 0;
  raw.imgdata.params.output_bps = 16;
  raw.imgdata.params.gamm[0] = raw.imgdata.params.gamm[1] = 1;
  raw.imgdata.params.no_auto_bright = 1;
  raw.imgdata.params.user_qual = 3;
  raw.imgdata.params.use_camera_matrix = 0;
  for (int i = 0; i < 4; i++) raw.imgdata.params.user_mul[i] = gains[static_cast<std::size_t>(i == 3 ? 1 : i)];
  EXPECT_EQ(raw.open_file(path.c_str()), LIBRAW_SUCCESS);
  EXPECT_EQ(raw.unpack(), LIBRAW_SUCCESS);
  EXPECT_EQ(raw.dcraw_process(), LIBRAW_SUCCESS);
  fs::remove(path);
  int error = 0;
  libraw_processed_image_t* image = raw.dcraw_make_mem_image(&error);
  EXPECT_TRUE(image != nullptr && image->width == frame.size().width && image->height == frame.size().height);
  Colors out{};
  const auto* samples = reinterpret_cast<const std::uint16_t*>(image->data);
  for (std::size_t i = 0; i < out.size(); i++) {
    const auto camera = patch_mean(checker.patches[i], frame.size(), [&](int x, int y) {
      const auto* p = samples + 3 * (y * image->width + x);
      return std::array<double, 3>{double(p[0]), double(p[1]), double(p[2])};
    });
    for (std::size_t k = 0; k < 9; k++) out[i][k / 3] += double(matrix[k]) * camera[k % 3];
  }
  LibRaw::dcraw_clear_mem(image);
  return out;
}

Vec3 gains_of(const std::array<float, 2>& light) { return {std::exp(-light[0]), 1, std::exp(-light[1])}; }

/// What lay over this chart in this capture taken off: light that falls off across it, and light scattered in lens and air, which no color
/// matrix answers for. Back to the sensor's scale (by the means that calibration read there), undone, and forth.
Colors without_exposure(const Colors& colors, const ColorChecker& checker, const ChartExposure& over, const Vec3& gains,
                        const Mat3& matrix) {
  const Mat3 back = inverse(matrix).value();
  const auto times = [](const Mat3& m, const std::array<double, 3>& v) {
    std::array<double, 3> out{};
    for (std::size_t i = 0; i < 9; i++) out[i / 3] += double(m[i]) * v[i % 3];
    return out;
  };
  Colors out = colors;
  double dot = 0, square = 0;
  for (std::size_t i = 0; i < out.size(); i++) {
    out[i] = times(back, colors[i]);
    for (std::size_t c = 0; c < 3; c++) out[i][c] /= double(gains[c]);
    dot += out[i][1] * double(checker.patches[i].mean[1]);
    square += out[i][1] * out[i][1];
  }
  for (std::size_t i = 0; i < out.size(); i++) {
    const double x = (double(i % ColorChecker::kColumns) + 0.5) / ColorChecker::kColumns - 0.5;
    const double y = (double(i / ColorChecker::kColumns) + 0.5) / ColorChecker::kRows - 0.5;
    const double level = 1 + over.slope_x * x + over.slope_y * y;
    for (std::size_t c = 0; c < 3; c++) out[i][c] = (out[i][c] * dot / square - over.flare[c]) / level * double(gains[c]);
    out[i] = times(matrix, out[i]);
  }
  return out;
}

std::array<double, 3> xyz_of_srgb(const std::array<double, 3>& rgb) {
  std::array<double, 3> out{};
  for (std::size_t i = 0; i < 9; i++) out[i / 3] += double(kSrgbToXyz[i]) * rgb[i % 3];
  return out;
}

/// CIEDE2000 of each patch under D65. The level is the mean of the greys' that are marked known (white to dark grey, by least squares of
/// luminance): exposure is no matter of color.
std::array<double, ColorChecker::kPatches> differences(const Colors& colors, const std::function<bool(std::size_t)>& known) {
  const Spectrum light = daylight(6504);
  const Vec3 w = xyz_of(light, white_surface());
  const std::array<double, 3> white{w[0], w[1], w[2]};
  double dot = 0, square = 0;
  for (std::size_t i = ColorChecker::kFirstGrey; i < ColorChecker::kBlack; i++) {
    if (!known(i)) continue;
    const double y = xyz_of_srgb(colors[i])[1];
    dot += y * double(xyz_of(light, checker_reflectances()[i])[1]);
    square += y * y;
  }
  std::array<double, ColorChecker::kPatches> out{};
  for (std::size_t i = 0; i < out.size(); i++) {
    std::array<double, 3> xyz = xyz_of_srgb(colors[i]);
    for (double& v : xyz) v *= dot / square;
    const Vec3 truth = xyz_of(light, checker_reflectances()[i]);
    out[i] = ciede2000(lab_of(xyz, white), lab_of({truth[0], truth[1], truth[2]}, white));
  }
  return out;
}

struct Score {
  double sum = 0, worst = 0;
  int count = 0;
  void add(double delta_e) {
    sum += delta_e;
    worst = std::max(worst, delta_e);
    count++;
  }
  double mean() const { return sum / count; }
};

struct Pair {
  Score argent, libraw;
};

void report(const char* what, const Pair& pair) {
  std::printf("%-58s argent mean %.2f worst %.2f   libraw mean %.2f worst %.2f   (%d patches)\n", what, pair.argent.mean(),
              pair.argent.worst, pair.libraw.mean(), pair.libraw.worst, pair.argent.count);
}

void expect_accurate(const Pair& pair) {
  EXPECT_LE(pair.argent.mean(), 4);
  EXPECT_LE(pair.argent.mean(), pair.libraw.mean() + 0.05) << "no worse, within what two demosaics differ by on flat patches";
}

/// nullopt without the data.
struct Capture {
  RawFrame frame;
  ColorChecker checker;
};
std::optional<Capture> capture(std::string_view name) {
  for (const chart::Scene& scene : chart::scenes()) {
    if (!scene.name.starts_with(name) || !fs::exists(chart::path_of(scene))) continue;
    Capture out{chart::load(scene), {}};
    BufferPool pool;
    const auto checker = find_color_checker(sensor_picture(out.frame, pool));
    EXPECT_TRUE(checker) << name;
    if (!checker) return std::nullopt;
    out.checker = *checker;
    return out;
  }
  return std::nullopt;
}

/// As it was rendered, and without what lay over the chart.
struct Result {
  Pair plain, clean;
};

using Known = std::function<bool(std::size_t)>;

/// Adds the patches that `scored` says, by a matrix, the light's white and what lay over the chart.
void add(Result& result, const Capture& to, const ColorMatrixFit& matrix, const ColorMatrixFit& light, const Known& known,
         const Known& scored) {
  const Vec3 gains = gains_of(light.light);
  const Colors ours = developed(to.frame, to.checker, gains, matrix.camera_to_srgb);
  const Colors theirs = developed_by_libraw(to.frame, to.checker, gains, matrix.camera_to_srgb);
  const auto score = [&](Pair& pair, const std::function<Colors(const Colors&)>& seen) {
    const auto a = differences(seen(ours), known), b = differences(seen(theirs), known);
    for (std::size_t i = 0; i < a.size(); i++) {
      if (!scored(i) || to.checker.patches[i].clipped > kMostClipped) continue;
      pair.argent.add(a[i]);
      pair.libraw.add(b[i]);
    }
  };
  score(result.plain, [](const Colors& colors) { return colors; });
  score(result.clean,
        [&](const Colors& colors) { return without_exposure(colors, to.checker, light.exposures.front(), gains, matrix.camera_to_srgb); });
}

Result transfer(const Capture& from, const Capture& to) {
  const auto all = [](std::size_t) { return true; };
  Result result;
  add(result, to, fit_color_matrix({&from.checker, 1}, daylight(6504)), fit_color_matrix({&to.checker, 1}, daylight(6504)), all, all);
  return result;
}

TEST(ColorAccuracy, AMatrixOfOneSceneServesAnother) {
  const auto one = capture("Outdoor1"), two = capture("Outdoor2");
  if (!one || !two) GTEST_SKIP() << "the chart scenes are absent";
  const Result there = transfer(*one, *two), back = transfer(*two, *one);
  report("Outdoor1's matrix on Outdoor2", there.clean);
  report("  with the flare and fall of light over its chart", there.plain);
  report("Outdoor2's matrix on Outdoor1", back.clean);
  report("  with the flare and fall of light over its chart", back.plain);
  expect_accurate(there.clean);
  expect_accurate(back.clean);
}

TEST(ColorAccuracy, PatchesThatTheFitNeverSaw) {
  const auto box = capture("ColorChecker");
  if (!box) GTEST_SKIP() << "the chart scenes are absent";
  Result result;
  constexpr std::size_t kGroups = 6;  // of four patches, one in each row, never two in a column: the greys lose one at a time
  for (std::size_t group = 0; group < kGroups; group++) {
    const auto left_out = [&](std::size_t i) { return (i + i / ColorChecker::kColumns) % kGroups == group; };
    ColorChecker seen = box->checker;
    for (std::size_t i = 0; i < seen.patches.size(); i++) {
      if (left_out(i)) seen.patches[i].pixels = 0;
    }
    const ColorMatrixFit fit = fit_color_matrix({&seen, 1}, daylight(6504));
    add(
        result, *box, fit, fit, [&](std::size_t i) { return !left_out(i); }, left_out);
  }
  report("light box, groups of four patches left out", result.clean);
  report("  with the flare and fall of light over the chart", result.plain);
  expect_accurate(result.clean);
}

}  // namespace
}  // namespace argent
