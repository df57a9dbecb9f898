#include "isp/picture_area.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "isp/orientation.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array kAll{Orientation::kNormal,     Orientation::kMirrored,  Orientation::kRotated180,  Orientation::kFlipped,
                          Orientation::kTransposed, Orientation::kRotated90, Orientation::kTransversed, Orientation::kRotated270};

Image numbered(BufferPool& pool, Size size) {
  Image image(pool, size, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < size.height; y++) {
    for (int i = 0; i < size.width * 3; i++) image.row<std::uint16_t>(y)[i] = static_cast<std::uint16_t>(1000 * y + i);
  }
  return image;
}

template <class T>
void expect_equal(const Image& a, const Image& b) {
  ASSERT_EQ(a.size(), b.size());
  for (int y = 0; y < a.height(); y++)
    ASSERT_EQ(std::memcmp(a.row<T>(y), b.row<T>(y), static_cast<std::size_t>(a.width()) * 3 * sizeof(T)), 0) << y;
}

TEST(PictureArea, TurnsFollowOneAnother) {
  BufferPool pool;
  for (const Orientation first : kAll) {
    for (const Orientation second : kAll) {
      const Image twice = upright(upright(numbered(pool, {5, 3}), first, pool), second, pool);
      expect_equal<std::uint16_t>(upright(numbered(pool, {5, 3}), then(first, second), pool), twice);
    }
  }
}

TEST(PictureArea, PartsAreFoundInTheStoredPicture) {
  const Size stored{7, 4};
  BufferPool pool;
  for (const Orientation orientation : kAll) {
    const Image whole = upright(numbered(pool, stored), orientation, pool);
    const Rect part{1, 2, 3, 2};
    const Rect found = stored_part(part, stored, orientation);
    const Image source = numbered(pool, stored);
    Image cut(pool, {found.width, found.height}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb);
    for (int y = 0; y < found.height; y++)
      std::memcpy(cut.row<std::uint16_t>(y), source.row<std::uint16_t>(found.y + y) + 3 * found.x,
                  static_cast<std::size_t>(found.width) * 6);
    const Image turned = upright(std::move(cut), orientation, pool);
    ASSERT_EQ(turned.size(), (Size{part.width, part.height}));
    for (int y = 0; y < part.height; y++) {
      for (int i = 0; i < part.width * 3; i++)
        EXPECT_EQ(turned.row<std::uint16_t>(y)[i], whole.row<std::uint16_t>(part.y + y)[3 * part.x + i]) << static_cast<int>(orientation);
    }
  }
}

TEST(PictureArea, PartsOutsideAreErrors) {
  for (const Rect part : {Rect{0, 0, 8, 1}, Rect{0, 0, 1, 5}, Rect{-1, 0, 2, 2}, Rect{7, 0, 1, 1}, Rect{0, 0, 0, 1}})
    EXPECT_THROW(stored_part(part, {7, 4}, Orientation::kNormal), Error);
  EXPECT_NO_THROW(stored_part({0, 0, 4, 7}, {7, 4}, Orientation::kRotated90));
  EXPECT_THROW(stored_part({0, 0, 7, 4}, {7, 4}, Orientation::kRotated90), Error);
}

RawFrame frame_of(Size size, CfaPattern cfa) {
  const auto codes = std::make_shared<std::vector<std::uint16_t>>();
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) codes->push_back(static_cast<std::uint16_t>(64 + (x * 37 + y * 101 + (x % 2) * 300) % 900));
  }
  RawFrame frame;
  frame.data = codes->data();
  frame.lease = codes;
  frame.stride = size.width;
  frame.sensor.active = size;
  frame.sensor.cfa = cfa;
  frame.sensor.bits = 10;
  frame.sensor.black.fill(64);
  frame.sensor.white.fill(1023);
  return frame;
}

TEST(PictureArea, ACroppedPictureIsAPartOfTheWholeOne) {
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr, CfaPattern::kMonochrome}) {
    for (const Orientation orientation : kAll) {
      for (const Rect part : {Rect{0, 0, 1, 1}, Rect{3, 5, 20, 17}, Rect{8, 2, 21, 22}}) {
        RawFrame frame = frame_of({45, 38}, cfa);
        frame.capture.orientation = orientation;
        frame.capture.crop = {1, 2, 41, 35};
        PipelineParams params;
        params.output.color = ColorSpace::kCamera;
        const Image whole = Pipeline(params).render(frame, {});
        params.output.crop = part;
        const Pipeline pipeline(params);
        const Image cut = pipeline.render(frame, {});
        EXPECT_EQ(pipeline.output_size(frame), cut.size());
        ASSERT_EQ(cut.size(), (Size{part.width, part.height}));
        for (int y = 0; y < part.height; y++) {
          ASSERT_EQ(std::memcmp(cut.row<std::uint8_t>(y), whole.row<std::uint8_t>(part.y + y) + 3 * part.x,
                                static_cast<std::size_t>(part.width) * 3),
                    0)
              << static_cast<int>(cfa) << ' ' << static_cast<int>(orientation) << ' ' << y;
        }
      }
    }
  }
}

TEST(PictureArea, FloatsAreTheLightBehindTheCodes) {
  for (const Rect part : {Rect{0, 0, 45, 38}, Rect{3, 5, 20, 17}}) {
    const RawFrame frame = frame_of({45, 38}, CfaPattern::kRggb);
    PipelineParams params;
    params.output.type = PixelType::kU16;
    params.output.encoding = Encoding::kLinear;
    params.output.color = ColorSpace::kCamera;
    params.output.crop = part;
    Controls controls;
    controls.digital_gain = 4;
    const Image codes = Pipeline(params).render(frame, controls);
    params.output.type = PixelType::kF32;
    const Image light = Pipeline(params).render(frame, controls);
    bool above_one = false;
    for (int y = 0; y < part.height; y++) {
      for (int i = 0; i < part.width * 3; i++) {
        const float value = light.row<float>(y)[i];
        above_one = above_one || value > 1.5f;
        EXPECT_NEAR(std::min(1.0f, std::max(0.0f, value)), static_cast<float>(codes.row<std::uint16_t>(y)[i]) / 65535,
                    2e-3f);  // roots in whole numbers, times 4
      }
    }
    EXPECT_TRUE(above_one) << "what passes 1 is kept";
  }
}

TEST(PictureArea, FloatsAreResampledAsCodesAre) {
  const RawFrame frame = frame_of({60, 40}, CfaPattern::kRggb);
  PipelineParams params;
  params.output.type = PixelType::kU16;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  params.output.scale = 0.5f;
  const Image codes = Pipeline(params).render(frame, {});
  params.output.type = PixelType::kF32;
  const Image light = Pipeline(params).render(frame, {});
  ASSERT_EQ(light.size(), codes.size());
  for (int y = 0; y < light.height(); y++) {
    for (int i = 0; i < light.width() * 3; i++)
      EXPECT_NEAR(std::min(1.0f, std::max(0.0f, light.row<float>(y)[i])), static_cast<float>(codes.row<std::uint16_t>(y)[i]) / 65535,
                  3e-4f);
  }
}

TEST(PictureArea, FloatsInACurveAreRefused) {
  PipelineParams params;
  params.output.type = PixelType::kF32;
  EXPECT_THROW(Pipeline{params}, Error);
}

}  // namespace
}  // namespace argent
