#include "samples/balance_box.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "isp/packed_codes.h"
#include "models/runtime/error.h"
#include "samples/rect_text.h"

namespace argent {
namespace {

constexpr Size kSize{16, 12};

/// Light of R, G, B in the box, another outside; `site` as in SensorInfo.
RawFrame frame_of(CfaPattern cfa, Rect box) {
  const auto codes = std::make_shared<std::vector<std::uint16_t>>();
  const int red_x = cfa == CfaPattern::kGrbg || cfa == CfaPattern::kBggr, red_y = cfa == CfaPattern::kGbrg || cfa == CfaPattern::kBggr;
  RawFrame frame;
  frame.sensor.black = {10, 20, 30, 40};
  frame.sensor.white.fill(1000);
  for (int y = 0; y < kSize.height; y++) {
    for (int x = 0; x < kSize.width; x++) {
      const bool inside = x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
      const int site = 2 * ((y & 1) != red_y) + ((x & 1) != red_x);
      constexpr double kLight[]{0.1, 0.2, 0.2, 0.4};
      const double black = frame.sensor.black[static_cast<std::size_t>(site)];
      codes->push_back(static_cast<std::uint16_t>(inside ? black + (1000 - black) * kLight[site] + 0.5 : 999));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  frame.stride = kSize.width;
  frame.sensor.active = kSize;
  frame.sensor.cfa = cfa;
  frame.sensor.bits = 10;
  return frame;
}

TEST(BalanceOfArea, MakesTheBoxGreyInAllPhases) {
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    for (const Rect box : {Rect{4, 4, 6, 4}, Rect{3, 5, 5, 3}, Rect{0, 0, 2, 2}}) {
      const RawFrame frame = frame_of(cfa, box);
      BufferPool pool;
      for (const RawFrame& one : {share(frame), packed(frame, pool)}) {
        const Vec3 gains = balance_of_area(one, box);
        EXPECT_NEAR(gains[0], 2, 0.02);
        EXPECT_EQ(gains[1], 1);
        EXPECT_NEAR(gains[2], 0.5, 0.005);
      }
    }
  }
}

TEST(BalanceOfArea, LeavesClippedQuadsOut) {
  const RawFrame frame = frame_of(CfaPattern::kRggb, {4, 4, 6, 4});
  EXPECT_NEAR(balance_of_area(frame, {0, 0, 16, 12})[0], 2, 0.02) << "all but the box is clipped";
  EXPECT_THROW(balance_of_area(frame, {12, 0, 4, 4}), Error);
  EXPECT_THROW(balance_of_area(frame, {4, 4, 1, 4}), Error) << "narrower than a quad";
}

TEST(RectFromText, KnowsTwoForms) {
  EXPECT_EQ(rect_from_text("1,2,30,40", "--crop"), (Rect{1, 2, 30, 40}));
  EXPECT_EQ(rect_from_text("30x40+1+2", "--crop"), (Rect{1, 2, 30, 40}));
  EXPECT_EQ(to_text(Rect{1, 2, 30, 40}), "1,2,30,40");
  for (const char* text :
       {"", "1", "1,2,3", "1,2,3,4,5", "1,2,0,4", "-1,2,3,4", "1,2,3,99999999999", "1x2", "1x2+3", "a,b,c,d", "1, 2,3,4", "1,2,3,4 "})
    EXPECT_THROW(rect_from_text(text, "--crop"), Error) << text;
  EXPECT_THROW(check_inside({0, 0, 11, 1}, {10, 10}, "--crop"), Error);
  EXPECT_NO_THROW(check_inside({0, 0, 10, 10}, {10, 10}, "--crop"));
}

}  // namespace
}  // namespace argent
