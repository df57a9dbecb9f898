#include "calibration/synthesis/known_capture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "camera/spectral/illuminants.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/reflectances.h"
#include "models/runtime/error.h"
#include "tests/calibration/synthesis/ideal_camera.h"

namespace argent {
namespace {

KnownLight d65() { return known_light("D65"); }

/// Exposed so that white has `level` in green at gain 1.
KnownSettings exposed(const KnownCamera& camera, double level) {
  KnownSettings settings;
  settings.exposure_us = exposure_for(camera, d65(), settings, 1) * level;
  return settings;
}

KnownCamera noisy_camera(Size size = {320, 240}) {
  KnownCamera camera = ideal_camera(size);
  camera.sensor.photon_noise = PhotonNoise::kPoisson;
  camera.sensor.read_electrons = 4;
  camera.sensor.converter_noise = 1.5f;
  camera.sensor.gains = {{1, 1}, {4, 3.7f}};
  return camera;
}

TEST(KnownLight, StandardLightsAndTemperatures) {
  EXPECT_EQ(known_light("A").cct, 2856);
  EXPECT_EQ(known_light("D65").cct, 6504);
  EXPECT_NEAR(double(known_light("FL11").cct), 4000, 40);
  const KnownLight warm = known_light("3500K");
  EXPECT_EQ(warm.cct, 3500);
  EXPECT_TRUE(warm.name.empty());
  EXPECT_EQ(warm.file_name(), "natural");
  EXPECT_EQ(known_light("LED-B1").file_name(), "led-b1");
  for (const char* name : {"", "D66", "100K", "1e9K", "nanK", "-3500K", "../A"}) EXPECT_THROW(known_light(name), Error) << name;
}

TEST(KnownLight, ALuxIsALux) {
  for (const char* name : {"A", "FL11", "D65"}) {
    Spectrum even;
    even.fill(1);
    Spectrum light = known_light(name).spectrum;
    const double power = power_per_lux(light);
    for (float& value : light) value *= static_cast<float>(power);
    EXPECT_NEAR(xyz_of(even, light)[1], xyz_of(even, illuminant("D65"))[1], 1e-4f) << name;
  }
}

TEST(KnownCapture, NeutralCountsExactly) {
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    for (const int bits : {10, 12, 14}) {
      KnownCamera camera = ideal_camera({32, 16});
      camera.sensor.cfa = cfa;
      camera.sensor.bits = bits;
      const KnownSettings settings = exposed(camera, 0.5);
      const RawFrame frame = make_capture(camera, *even_target(checker_reflectances()[14]), d65(), settings);
      const auto level = level_of(camera, checker_reflectances()[14], d65(), settings);
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 32; x++) {
          const std::size_t site = site_at(frame, x, y), color = site == 0 ? 0 : site == 3 ? 2 : 1;
          const double code = double(camera.sensor.nominal_black) + level[color] * range_of(camera);
          EXPECT_EQ(frame.data[y * frame.stride + x], std::lround(code)) << bits << " " << x << " " << y;
        }
      }
    }
  }
}

TEST(KnownCapture, ColorsAreTheSpectras) {
  const KnownCamera camera = ideal_camera({32, 16});
  for (const char* name : {"A", "FL11", "D65"}) {
    const KnownLight light = known_light(name);
    const auto white = level_of(camera, white_surface(), light, {});
    const Vec3 seen = response(camera.sensitivities, light.spectrum, white_surface());
    EXPECT_NEAR(white[0] / white[1], double(seen[0]), 1e-6);
    EXPECT_NEAR(white[2] / white[1], double(seen[2]), 1e-6);
  }
  // 5.5e-8 a lux and microsecond of D65.
  EXPECT_NEAR(level_of(camera, white_surface(), d65(), {.exposure_us = 1000, .lux = 100})[1], 5.5e-3, 1e-6);
}

TEST(KnownCapture, VarianceFollowsTheNoiseModel) {
  const KnownCamera camera = noisy_camera();
  for (const double gain : {1.0, 4.0}) {
    for (const double level : {0.0, 0.02, 0.2, 0.7}) {
      KnownSettings settings = exposed(camera, level / true_gain(camera.sensor, gain));
      settings.gain = gain;
      const RawFrame frame = make_capture(camera, *even_target(white_surface()), d65(), settings);
      const NoiseModel noise = noise_of(camera.sensor, gain);
      const auto white = level_of(camera, white_surface(), d65(), settings);
      for (const std::size_t site : {0U, 1U, 2U, 3U}) {
        const Moments seen = moments_of(frame, site);
        const double expected = white[site == 0 ? 0 : site == 3 ? 2 : 1];
        const double variance = double(noise.shot) * expected + double(noise.read);
        const double mean = (seen.mean - double(camera.sensor.black[site])) / range_of(camera);
        EXPECT_NEAR(mean, expected, 5 * std::sqrt(variance / seen.count)) << gain << " " << level << " " << site;
        const double ratio = seen.variance / (range_of(camera) * range_of(camera)) / variance;
        EXPECT_NEAR(ratio, 1, 5 * std::sqrt(2 / seen.count)) << gain << " " << level << " " << site;
      }
    }
  }
}

TEST(KnownCapture, RoundingIsPartOfTheNoiseModel) {
  KnownCamera camera = ideal_camera();
  camera.sensor.converter_noise = 0.7f;
  camera.sensor.black.fill(256.3f);
  const RawFrame dark = make_capture(camera, *even_target(white_surface()), d65(), {.lux = 0});
  const double codes = double(noise_of(camera.sensor, 1).read) * range_of(camera) * range_of(camera);
  EXPECT_NEAR(codes, 0.49 + 1.0 / 12, 1e-5);
  for (const std::size_t site : {0U, 1U, 2U, 3U}) {
    const Moments seen = moments_of(dark, site);
    EXPECT_NEAR(seen.variance / codes, 1, 5 * std::sqrt(2 / seen.count)) << site;
    EXPECT_NEAR(seen.mean, 256.3, 5 * std::sqrt(codes / seen.count)) << site;
  }
}

TEST(KnownCapture, PixelsAreIndependentAndRowsWhereTheyAreNot) {
  KnownCamera camera = noisy_camera();
  const auto row_variance = [&] {  // of row means, in units of what independent pixels have
    const RawFrame frame = make_capture(camera, *even_target(white_surface()), d65(), exposed(camera, 0.2));
    double sum = 0, squares = 0;
    for (int y = 0; y < 240; y += 2) {
      const double mean = moments_of(frame, 1, {0, y, 320, 1}).mean;
      sum += mean;
      squares += mean * mean;
    }
    return (squares / 120 - sum * sum / 14400) / (moments_of(frame, 1).variance / 160);
  };
  EXPECT_NEAR(row_variance(), 1, 5 * std::sqrt(2.0 / 120));
  camera.sensor.row_noise = 4;
  EXPECT_GT(row_variance(), 3);
}

TEST(KnownCapture, SameSeedSameCodes) {
  const KnownCamera camera = noisy_camera({64, 48});
  KnownSettings settings = exposed(camera, 0.3);
  const TargetPointer target = even_target(white_surface());
  const auto first = codes_of(make_capture(camera, *target, d65(), settings));
  EXPECT_EQ(first, codes_of(make_capture(camera, *target, d65(), settings)));
  settings.seed++;
  EXPECT_NE(first, codes_of(make_capture(camera, *target, d65(), settings)));
}

TEST(KnownCapture, DefectsAreWhereTheyAreSaidToBe) {
  KnownCamera camera = ideal_camera({64, 48});
  camera.sensor.defects = {
      {63, 0, PixelFault::kHot, 0.25f}, {5, 7, PixelFault::kDead, 0}, {6, 7, PixelFault::kDead, 0.5f}, {0, 47, PixelFault::kHot, 1}};
  const double black = double(camera.sensor.nominal_black), range = range_of(camera);
  const RawFrame dark = make_capture(camera, *even_target(white_surface()), d65(), {.lux = 0});
  const RawFrame flat = make_capture(camera, *even_target(white_surface()), d65(), exposed(camera, 0.5));
  const auto level = level_of(camera, white_surface(), d65(), exposed(camera, 0.5));
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) {
      const std::size_t site = site_at(flat, x, y);
      double light = level[site == 0 ? 0 : site == 3 ? 2 : 1], leak = 0;
      for (const KnownDefect& d : camera.sensor.defects) {
        if (d.x != x || d.y != y) continue;
        (d.kind == PixelFault::kHot ? leak : light) = d.kind == PixelFault::kHot ? double(d.amount) : light * double(d.amount);
      }
      EXPECT_EQ(dark.data[y * dark.stride + x], std::lround(black + leak * range));
      EXPECT_EQ(flat.data[y * flat.stride + x], std::lround(std::min(4095.0, black + (light + leak) * range)));
    }
  }
}

TEST(KnownCapture, EveryNumberOfTheCameraChangesSomething) {
  const KnownCamera ideal = ideal_camera({96, 64});
  KnownSettings settings = exposed(ideal, 0.6);
  settings.gain = 1;
  const TargetPointer target = edge_target(ideal.sensor.size, 5);
  const KnownLight warm = known_light("3500K");
  const auto codes = [&](const KnownCamera& camera) { return codes_of(make_capture(camera, *target, warm, settings)); };
  const auto before = codes(ideal);
  EXPECT_EQ(before, codes(ideal));
  KnownCamera counted = ideal;
  for (const Field& listed : fields_of(counted)) {
    // Not of one frame: what files say, and what the plan of a set reads.
    if (listed.path.find("delay") != std::string::npos || listed.path == "lens.backlash" || listed.path == "lens.blur_per_dioptre")
      continue;
    KnownCamera changed = ideal;
    if (listed.path == "lens.color_center") changed.lens.color = {-0.1f, -0.1f, -0.1f};
    const auto own_before = codes(changed);
    for (const Field& field : fields_of(changed)) {
      if (field.path != listed.path) continue;
      const std::string name = field.path.substr(field.path.find('.') + 1);
      if (name == "photon_noise")
        assign(field, "poisson", "test");
      else if (name == "full_well")
        assign(field, "2000", "test");
      else if (name == "red" || name == "blue")
        assign(field, "1.01, 0", "test");
      else if (name == "electrons")
        changed.sensor.electrons = 10, changed.sensor.photon_noise = PhotonNoise::kPoisson;
      else if (auto* list = std::get_if<std::span<float>>(&field.value))
        for (float& value : *list) value = value == 0 ? 0.05f : 1.2f * value;
      else if (auto* number = std::get_if<float*>(&field.value))
        **number = **number == 0 ? 0.3f : 1.2f * **number;
      else
        FAIL() << field.path;
    }
    EXPECT_NE(own_before, codes(changed)) << listed.path;
  }
  KnownCamera turned = ideal;
  turned.sensor.cfa = CfaPattern::kBggr;
  EXPECT_NE(before, codes(turned));
}

TEST(KnownCapture, EverySettingChangesSomething) {
  const KnownCamera camera = ideal_camera({96, 64});
  const TargetPointer target = edge_target(camera.sensor.size, 5);
  const KnownSettings neutral = exposed(camera, 0.4);
  const auto codes = [&](auto change) {
    KnownSettings settings = neutral;
    change(settings);
    return codes_of(make_capture(camera, *target, d65(), settings));
  };
  const auto before = codes([](KnownSettings&) {});
  EXPECT_NE(before, codes([](KnownSettings& s) { s.exposure_us *= 1.1; }));
  EXPECT_NE(before, codes([](KnownSettings& s) { s.gain = 1.5; }));
  EXPECT_NE(before, codes([](KnownSettings& s) { s.lux *= 1.1; }));
  EXPECT_NE(before, codes([](KnownSettings& s) { s.glare = 0.2; }));
  EXPECT_NE(before, codes([](KnownSettings& s) { s.extra_blur = 3; }));
  EXPECT_EQ(before, codes([](KnownSettings& s) { s.seed = 99; }));  // there is no noise
}

TEST(KnownCapture, CodesEndWhereTheTruthSays) {
  KnownCamera camera = ideal_camera({32, 16});
  const auto end = [&](double gain) {
    KnownSettings settings = exposed(camera, 20);
    settings.gain = gain;
    return double(make_capture(camera, *even_target(white_surface()), d65(), settings).data[0]);
  };
  EXPECT_EQ(end(1), 4095);
  camera.sensor.full_well = 6000;  // of 8000
  EXPECT_EQ(end(1), std::round(saturation_of(camera.sensor, 0, 1)));
  EXPECT_LT(end(1), 3200);
  EXPECT_EQ(end(2), 4095);
  camera.sensor.nonlinearity = 0.1f;
  EXPECT_EQ(end(1), std::round(saturation_of(camera.sensor, 0, 1)));
}

TEST(KnownCapture, GreensDifferByTheirImbalance) {
  KnownCamera camera = ideal_camera({64, 48});
  camera.sensor.bits = 14;
  camera.sensor.green_imbalance = 0.02f;
  const RawFrame frame = make_capture(camera, *even_target(white_surface()), d65(), exposed(camera, 0.8));
  const double black = double(camera.sensor.nominal_black);
  EXPECT_NEAR((moments_of(frame, 1).mean - black) / (moments_of(frame, 2).mean - black), 1.02, 3e-4);
}

TEST(KnownCapture, TheMeshUndoesTheFalloffOfAFrame) {
  KnownCamera camera = ideal_camera({320, 240});
  camera.sensor.bits = 14;
  const KnownLens usual;
  camera.lens.falloff = usual.falloff;
  camera.lens.color = usual.color;
  const RawFrame frame = make_capture(camera, *even_target(white_surface()), d65(), exposed(camera, 0.8));
  const ShadingMesh mesh = shading_of(camera, d65().cct, 321, 241);  // nodes on the borders of pixels
  for (const auto& [x, y] : {std::pair{0, 0}, {318, 2}, {160, 120}, {40, 200}, {300, 238}}) {
    for (int i = 0; i < 4; i++) {
      const std::size_t site = site_at(frame, x + i % 2, y + i / 2), color = site == 0 ? 0 : site == 3 ? 2 : 1;
      const auto node = static_cast<std::size_t>((y + i / 2) * 321 + x + i % 2);
      const double gain = double(mesh.gains[color][node] + mesh.gains[color][node + 322]) / 2;
      const double code = frame.data[(y + i / 2) * frame.stride + x + i % 2] - double(camera.sensor.nominal_black);
      const double middle = double(mesh.gains[color][120 * 321 + 160]);
      const double level = level_of(camera, white_surface(), d65(), exposed(camera, 0.8))[color] * range_of(camera);
      EXPECT_NEAR(code * gain / middle / level, 1, 6e-4) << x << " " << y << " " << site;
    }
  }
}

/// The middle of what is dark of a color around (x, y), pixels.
std::array<double, 2> dark_middle(const RawFrame& frame, std::size_t site, double x, double y, double white) {
  double weight = 0, sx = 0, sy = 0;
  for (int j = static_cast<int>(y) - 15; j <= static_cast<int>(y) + 15; j++) {
    for (int i = static_cast<int>(x) - 15; i <= static_cast<int>(x) + 15; i++) {
      if (site_at(frame, i, j) != site) continue;
      const double dark = white - frame.data[j * frame.stride + i];
      weight += dark;
      sx += dark * (i + 0.5);
      sy += dark * (j + 0.5);
    }
  }
  return {sx / weight, sy / weight};
}

TEST(KnownCapture, LateralColorMovesColorsAsTheTruthSays) {
  KnownCamera camera = ideal_camera({640, 480});
  camera.lens.blur = {1, 1, 1};
  camera.lens.red = {1.002f, 0.003f};
  camera.lens.blue = {0.997f, -0.001f};
  const RawFrame frame = make_capture(camera, *dots_target(camera.sensor.size), d65(), exposed(camera, 0.8));
  for (const auto& [column, row] : {std::pair{0, 0}, {6, 4}, {-7, 3}, {2, -5}}) {
    const double dx = 40.0 * column, dy = 40.0 * row, r2 = (dx * dx + dy * dy) / (400.0 * 400.0);
    for (const auto& [site, lateral] :
         {std::pair<std::size_t, std::array<float, 2>>{0, camera.lens.red}, {1, {1, 0}}, {3, camera.lens.blue}}) {
      const double white = frame.data[(static_cast<std::ptrdiff_t>(240 + 20) * 640 + 340) + (site == 0 ? 0 : site == 1 ? 1 : 641)];
      const double factor = double(lateral[0]) + double(lateral[1]) * r2;
      const auto [x, y] = dark_middle(frame, site, 320 + dx * factor, 240 + dy * factor, white);
      EXPECT_NEAR(x, 320 + dx * factor, 0.03) << column << " " << row << " " << site;
      EXPECT_NEAR(y, 240 + dy * factor, 0.03) << column << " " << row << " " << site;
    }
  }
}

/// Contrast of an edge at a frequency (cycles a pixel): of its left side in the middle third, binned to a sixteenth of a pixel.
double edge_contrast(const RawFrame& frame, std::size_t site, double degrees, double frequency) {
  const double angle = degrees * std::numbers::pi / 180, nx = std::cos(angle), ny = std::sin(angle), height = frame.size().height;
  std::vector<double> sum(640), count(640);
  for (int y = static_cast<int>(height * 0.35); y < height * 0.65; y++) {
    for (int x = 0; x < frame.size().width / 2; x++) {
      if (site_at(frame, x, y) != site) continue;
      const double from_middle = nx * (x + 0.5 - frame.size().width / 2.0) + ny * (y + 0.5 - height / 2);
      const double bin = std::floor((from_middle + height / 4) * 16) + 320;  // the side lies a quarter of the height from the middle
      if (bin < 0 || bin >= 640) continue;
      sum[static_cast<std::size_t>(bin)] += frame.data[y * frame.stride + x];
      count[static_cast<std::size_t>(bin)]++;
    }
  }
  std::complex<double> transform = 0;
  double whole = 0;
  for (std::size_t i = 1; i < 640; i++) {
    const double step = sum[i] / count[i] - sum[i - 1] / count[i - 1];
    transform += step * std::polar(1.0, -2 * std::numbers::pi * frequency * static_cast<double>(i) / 16);
    whole += step;
  }
  const double bins =
      std::sin(std::numbers::pi * frequency / 16) / (std::numbers::pi * frequency / 16);  // of binning and of the difference
  return std::abs(transform) / std::abs(whole) / (bins * bins);
}

TEST(KnownCapture, AnEdgeHasHalfItsContrastAtMtf50) {
  KnownCamera camera = ideal_camera({640, 960});
  camera.sensor.bits = 14;
  camera.lens.blur = {0.9f, 0.6f, 0.75f};
  const RawFrame frame = make_capture(camera, *edge_target(camera.sensor.size, 5), d65(), exposed(camera, 0.9));
  for (const std::size_t site : {0U, 1U, 3U}) {
    const std::size_t color = site == 0 ? 0 : site == 3 ? 2 : 1;
    EXPECT_NEAR(edge_contrast(frame, site, 5, mtf50_of(camera.lens, color, 5)), 0.5, 0.01) << site;
  }
}

TEST(KnownCapture, NonsenseIsRefused) {
  const KnownCamera camera = ideal_camera({32, 16});
  const TargetPointer target = even_target(white_surface());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const KnownSettings& bad :
       {KnownSettings{.exposure_us = nan}, KnownSettings{.exposure_us = -1}, KnownSettings{.gain = 0}, KnownSettings{.gain = nan},
        KnownSettings{.lux = nan}, KnownSettings{.glare = -1}, KnownSettings{.extra_blur = nan}}) {
    EXPECT_THROW(make_capture(camera, *target, d65(), bad), Error);
  }
  EXPECT_NO_THROW(make_capture(camera, *target, d65(), {.exposure_us = 1e9, .lux = 1e7}));  // bright, that is all
}

}  // namespace
}  // namespace argent
