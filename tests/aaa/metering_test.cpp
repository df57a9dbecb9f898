#include "aaa/metering.h"

#include <gtest/gtest.h>

namespace argent {
namespace {

constexpr Vec3 kNoGains{1, 1, 1};

Statistics grey(float level) {
  Statistics s;
  s.columns = 16;
  s.rows = 12;
  for (auto& zone : s.zones) {
    zone.mean = zone.unclipped = {level, level, level};
    zone.count = zone.unclipped_count = {100, 200, 100};
  }
  return s;
}

double luma(const Statistics& s, const Request& request, const AutoExposureParams& p = {}) { return meter(s, kNoGains, request, p).luma; }

TEST(Metering, EveryModeSeesAFlatFieldAlike) {
  for (int mode = 0; mode < 4; mode++) {
    Request request;
    request.ae_metering_mode = static_cast<AeMeteringMode>(mode);
    EXPECT_NEAR(luma(grey(.3f), request), .3, 1e-6) << mode;
  }
}

TEST(Metering, SpotSeesOnlyTheMiddle) {
  Statistics s = grey(.1f);
  for (int y = 0; y < 12; y++) {
    for (int x = 0; x < 16; x++) {
      if (x < 6 || x > 9 || y < 4 || y > 7) s.zone(x, y).mean = {.5f, .5f, .5f};
    }
  }
  Request request;
  request.ae_metering_mode = AeMeteringMode::kSpot;
  EXPECT_NEAR(luma(s, request), .1, 1e-6);
  request.ae_metering_mode = AeMeteringMode::kMatrix;
  EXPECT_GT(luma(s, request), .4);
}

TEST(Metering, CustomWeightsAreBilinear) {
  Statistics s = grey(.1f);
  for (int y = 0; y < 12; y++) {
    for (int x = 0; x < 8; x++) s.zone(x, y).mean = {.3f, .3f, .3f};
  }
  AutoExposureParams p;
  p.custom_weights.fill(0);
  for (int row = 0; row < 5; row++) p.custom_weights[static_cast<std::size_t>(row * 5)] = 1;  // the left edge
  Request request;
  request.ae_metering_mode = AeMeteringMode::kCustom;
  EXPECT_NEAR(luma(s, request, p), .3, 1e-6);
}

TEST(Metering, WindowsReplaceTheMode) {
  Statistics s = grey(.1f);
  for (int y = 0; y < 3; y++) {
    for (int x = 0; x < 4; x++) s.zone(x, y).mean = {.4f, .4f, .4f};
  }
  Request request;
  request.ae_windows = {{0, 0, .25f, .25f, 1}};
  EXPECT_NEAR(luma(s, request), .4, 1e-6);
  request.ae_windows.push_back({.5f, .5f, .25f, .25f, 1});
  EXPECT_NEAR(luma(s, request), .25, 1e-6);
  request.ae_windows = {{2, 2, .5f, .5f, 1}};  // outside: as if there were none
  EXPECT_NEAR(luma(s, request), luma(s, {}), 1e-9);
}

TEST(Metering, AWanderingLampMovesNothing) {
  const double without = luma(grey(.1f), {});
  for (int x = 0; x < 16; x++) {
    Statistics s = grey(.1f);
    s.zone(x, 6).mean = {1, 1, 1};
    s.zone(x, 6).clipped = 1;
    EXPECT_NEAR(luma(s, {}), without, 1e-6) << x;
  }
}

TEST(Metering, ClippedFramesAreGuessedBeyondSaturation) {
  Statistics s = grey(1);
  double last = 0;
  for (int clipped = 0; clipped <= 192; clipped += 16) {
    for (int i = 0; i < clipped; i++) s.zones[static_cast<std::size_t>((i * 37) % 192)].clipped = 1;
    const double now = luma(s, {});
    EXPECT_GE(now, last);
    last = now;
  }
  EXPECT_NEAR(last, 8, .01);
}

}  // namespace
}  // namespace argent
