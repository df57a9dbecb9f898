#include "isp/io/lens_database.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "isp/picture_geometry.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

RawFrame canon(const std::string& lens, float focal_length, float f_number = 3.5f) {
  RawFrame frame;
  frame.sensor.active = {3520, 2344};
  frame.sensor.make = "Canon";
  frame.sensor.model = "EOS 30D";
  frame.capture.crop = {10, 4, 3504, 2336};
  frame.capture.lens = lens;
  frame.capture.focal_length = focal_length;
  frame.applied.f_number = f_number;
  return frame;
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

constexpr const char* kKit = "Canon EF-S 18-55mm f/3.5-5.6 IS";

class LensDatabaseTest : public testing::Test {
 protected:
  LensDatabase database_;
};

TEST_F(LensDatabaseTest, AKnownLensIsFoundByItsNameAlone) {
  const auto found = database_.find(canon("EF-S18-55mm f/3.5-5.6 IS", 18));
  ASSERT_TRUE(found);
  EXPECT_NE(found->lens.find("18-55"), std::string::npos);
  EXPECT_EQ(*found, *database_.find(canon(kKit, 18)));
  for (const char* lens : {"", "EF-S18-55mm f/3.5-5.6", "18-55mm", "Canon", "no such lens", "50mm"}) {
    const auto other = database_.find(canon(lens, 18));
    const std::string name = other ? other->lens : "";
    EXPECT_EQ(name.find("IS"), std::string::npos) << lens << " is not " << name;
  }
  EXPECT_FALSE(database_.find(canon("18-55mm", 18))) << "many are called so";
  EXPECT_FALSE(database_.find(canon(kKit, 0))) << "a zoom without a focal length";
  RawFrame stranger = canon(kKit, 18);
  stranger.sensor.model = "EOS 30000D";
  EXPECT_FALSE(database_.find(stranger));
}

TEST_F(LensDatabaseTest, WideIsABarrelWithDarkCornersAndLongIsLess) {
  RawFrame wide = canon(kKit, 18), closed = canon(kKit, 18, 16);
  const auto open = database_.find(wide), stopped = database_.find(closed);
  ASSERT_TRUE(open && stopped);
  const auto& green = open->stretch[1];
  ASSERT_EQ(green.size(), 257U);
  EXPECT_LT(green.back(), 0.99) << "what lies in the picture's corner was recorded further in";
  EXPECT_NEAR(green.front(), green[1], 1e-3);
  EXPECT_NE(open->stretch[0], green) << "lateral color";
  ASSERT_FALSE(open->gain.empty());
  EXPECT_NEAR(open->gain.front(), 1, 1e-3);
  EXPECT_GT(open->gain.back(), stopped->gain.back());
  EXPECT_GT(stopped->gain.back(), 1);
  for (const auto& table : open->stretch) {
    for (std::size_t i = 1; i < table.size(); i++) EXPECT_NEAR(table[i], table[i - 1], 5e-3) << i;
  }
}

TEST_F(LensDatabaseTest, NothingOutsideOfTheSensorIsShown) {
  for (const float focal_length : {18.0f, 24.0f, 35.0f, 55.0f}) {
    RawFrame frame = canon(kKit, focal_length);
    frame.lens = database_.find(frame);
    ASSERT_TRUE(frame.lens);
    EXPECT_GE(frame.lens->scale, 1);
    EXPECT_LT(frame.lens->scale, 1.05);
    const PictureGeometry geometry(frame, {});
    for (int i = 0; i <= 20; i++) {
      for (const double x : {10.0, 10 + i * 175.2, 3514.0}) {
        for (const double y : {4.0, 4 + i * 116.8, 2340.0}) {
          if (x > 10 && x < 3514 && y > 4 && y < 2340) continue;
          for (std::size_t c = 0; c < 3; c++) {
            const Place at = geometry.on_sensor({x, y}, c);
            EXPECT_TRUE(at.x > -0.5 && at.y > -0.5 && at.x < 3520.5 && at.y < 2344.5) << focal_length << ' ' << x << ' ' << y;
          }
        }
      }
    }
  }
}

TEST_F(LensDatabaseTest, ALensByHandIsFoundAndMistakesAreTold) {
  const RawFrame frame = canon("", 0);
  const auto found = database_.find(frame, kKit, 18);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->stretch, database_.find(canon(kKit, 18))->stretch);
  EXPECT_EQ(database_.find(canon("", 55), kKit, 18)->stretch, database_.find(canon("", 55), kKit)->stretch) << "the file's own wins";
  EXPECT_NE(error_of([&] { database_.find(frame, kKit); }).find("--focal"), std::string::npos);
  EXPECT_NE(error_of([&] { database_.find(frame, "zzz 9999mm", 18); }).find("no lens of this camera is \"zzz 9999mm\""), std::string::npos);
  const std::string many = error_of([&] { database_.find(frame, "Canon EF-S 18-55mm", 18); });
  EXPECT_NE(many.find("is it"), std::string::npos) << many;
  EXPECT_NE(many.find("18-55mm", many.find("is it")), std::string::npos) << many;
  RawFrame stranger = canon("", 18);
  stranger.sensor.make = "Nobody";
  EXPECT_NE(error_of([&] { database_.find(stranger, kKit); }).find("is not in lensfun's database"), std::string::npos);
}

}  // namespace
}  // namespace argent
