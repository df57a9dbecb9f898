#include "calibration/chart/sensor_picture.h"

#include <gtest/gtest.h>

#include <memory>

#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Codes R = 100 + x, G = 200 + 2 y, B = 300 of a quad at (x, y); black 100, white 500.
RawFrame frame_of(CfaPattern cfa, Size size) {
  const bool planes = cfa == CfaPattern::kRgb;
  const auto codes = std::make_shared<std::vector<std::uint16_t>>();
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const int step = planes ? 1 : 2;
      const std::array<int, 3> rgb{100 + x / step, 200 + 2 * (y / step), 300};
      if (planes) {
        for (const int value : rgb) codes->push_back(static_cast<std::uint16_t>(value));
        continue;
      }
      static constexpr const char* kOrders[] = {"RGGB", "GRBG", "GBRG", "BGGR"};
      const char color = kOrders[static_cast<int>(cfa)][(y % 2) * 2 + x % 2];
      codes->push_back(static_cast<std::uint16_t>(rgb[color == 'R' ? 0 : color == 'G' ? 1 : 2]));
    }
  }
  RawFrame frame;
  frame.sensor.active = size;
  frame.sensor.cfa = cfa;
  frame.sensor.black.fill(100);
  frame.sensor.white.fill(500);
  frame.data = codes->data();
  frame.stride = size.width * samples_per_pixel(cfa);
  frame.lease = codes;
  return frame;
}

TEST(SensorPicture, EveryOrderOfColorsGivesTheSamePicture) {
  BufferPool pool;
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr, CfaPattern::kRgb}) {
    const Size size = cfa == CfaPattern::kRgb ? Size{5, 3} : Size{11, 7};  // an odd last column and row are left out
    const SensorPicture picture = sensor_picture(frame_of(cfa, size), pool);
    ASSERT_EQ(picture.linear.size(), (Size{5, 3})) << static_cast<int>(cfa);
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 5; x++) {
        const float* rgb = picture.linear.row<float>(y) + 3 * x;
        EXPECT_FLOAT_EQ(rgb[0], static_cast<float>(x) / 400);
        EXPECT_FLOAT_EQ(rgb[1], (100 + 2 * static_cast<float>(y)) / 400);
        EXPECT_FLOAT_EQ(rgb[2], 0.5f);
        EXPECT_FALSE(picture.is_clipped(x, y));
      }
    }
  }
}

TEST(SensorPicture, OneCodeAtSaturationClipsItsQuad) {
  BufferPool pool;
  RawFrame frame = frame_of(CfaPattern::kRggb, {8, 6});
  std::vector<std::uint16_t> codes(frame.data, frame.data + 48);
  codes[8 * 3 + 4] = 500;  // a green
  frame.data = codes.data();
  const SensorPicture picture = sensor_picture(frame, pool);
  for (int y = 0; y < 3; y++) {
    for (int x = 0; x < 4; x++) EXPECT_EQ(picture.is_clipped(x, y), x == 2 && y == 1);
  }
}

TEST(SensorPicture, PlacesComeBack) {
  BufferPool pool;
  const SensorPicture picture = sensor_picture(frame_of(CfaPattern::kGbrg, {11, 7}), pool);
  const auto [x, y] = picture.pixel_of({0.25f, 0.75f});
  EXPECT_NEAR(x, 0.25 * 11 / 2, 1e-6);
  EXPECT_NEAR(y, 0.75 * 7 / 2, 1e-6);
  EXPECT_NEAR(picture.place_of(x, y).x, 0.25, 1e-6);
  EXPECT_NEAR(picture.place_of(x, y).y, 0.75, 1e-6);
}

TEST(SensorPicture, ShadingIsUndoneAsMeasureDoesIt) {
  BufferPool pool;
  const RawFrame frame = frame_of(CfaPattern::kRggb, {64, 48});
  PipelineParams params;
  params.statistics.columns = 32;
  params.statistics.rows = 24;  // a quad a zone
  params.shading = {{3000, 3, 2, {{{2, 1.5f, 2, 1.8f, 1, 3}, {1.2f, 1, 1.2f, 1.3f, 1, 1.4f}, {1, 1, 1, 1, 1, 1.1f}}}},
                    {6000, 3, 2, {{{1, 1.5f, 1, 1.8f, 2, 1}, {1.2f, 1, 1.1f, 1.3f, 1, 1.4f}, {1, 2, 1, 1, 1, 1.1f}}}}};
  const Pipeline pipeline(params);
  for (const float cct : {2000.f, 3000.f, 4000.f, 6000.f, 9000.f}) {
    Controls controls;
    controls.colour_temperature = cct;
    const Statistics statistics = pipeline.measure(frame, controls);
    SensorPicture picture = sensor_picture(frame, pool);
    undo_shading(picture, params.shading, cct);
    for (int y = 0; y < 24; y++) {
      for (int x = 0; x < 32; x++) {
        for (std::size_t c = 0; c < 3; c++) {
          EXPECT_NEAR(picture.linear.row<float>(y)[3 * x + static_cast<int>(c)], statistics.zone(x, y).mean[c], 1e-4)
              << cct << " " << x << " " << y;
        }
      }
    }
  }
  SensorPicture plain = sensor_picture(frame, pool), same = sensor_picture(frame, pool);
  undo_shading(same, {}, 5000);
  EXPECT_EQ(plain.linear.row<float>(7)[3 * 5], same.linear.row<float>(7)[3 * 5]);
}

TEST(SensorPicture, RefusesWhatHasNoColors) {
  BufferPool pool;
  EXPECT_THROW(sensor_picture(frame_of(CfaPattern::kRggb, {1, 8}), pool), Error);
  RawFrame grey = frame_of(CfaPattern::kRggb, {8, 8});
  grey.sensor.cfa = CfaPattern::kMonochrome;
  EXPECT_THROW(sensor_picture(grey, pool), Error);
  RawFrame lying = frame_of(CfaPattern::kRggb, {8, 8});
  lying.stride = 4;
  EXPECT_THROW(sensor_picture(lying, pool), Error);
}

}  // namespace
}  // namespace argent
