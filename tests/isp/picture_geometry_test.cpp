#include "isp/picture_geometry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <numbers>

#include "isp/io/dng_writer.h"
#include "isp/io/raw_file.h"
#include "isp/picture_area.h"
#include "isp/pipeline.h"
#include "isp/site_mesh.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

constexpr Size kSize{360, 240};
constexpr int kSpacing = 24;  ///< of the grid's lines, in pixels

/// Light of a grid of soft bright lines through (kSpacing i, kSpacing j).
float grid_light(Place at) {
  const auto line = [](double x) {
    const double d = x - kSpacing * std::round(x / kSpacing);
    return std::exp(-d * d / (2 * 2.0 * 2.0));
  };
  return static_cast<float>(0.05 + 0.6 * std::max(line(at.x), line(at.y)));
}

/// The place in the picture that is recorded at `sensor`: on_sensor() the other way round, by fixed points.
Place in_picture(const PictureGeometry& geometry, Place sensor, std::size_t color) {
  Place at = sensor;
  for (int i = 0; i < 12; i++) {
    const Place there = geometry.on_sensor(at, color);
    at = {at.x + sensor.x - there.x, at.y + sensor.y - there.y};
  }
  return at;
}

/// A mosaic of what the sensor sees of `scene` through a lens; the frame corrects it.
RawFrame grid_frame(CfaPattern cfa, const std::vector<WarpRectilinear>& warps, const PipelineParams& params = {},
                    const std::function<float(Place)>& scene = grid_light) {
  RawFrame frame = reference::make_frame(cfa, kSize);
  DngOpcodes opcodes;
  for (const WarpRectilinear& warp : warps) opcodes.demosaiced.push_back({1, 0x01030000, 0, warp});
  frame.opcodes = std::make_shared<const DngOpcodes>(opcodes);
  const PictureGeometry geometry(frame, params);
  const bool mosaic = is_bayer(cfa) || cfa == CfaPattern::kXTrans;
  const int samples = samples_per_pixel(cfa);
  frame.sensor.bits = 16;
  frame.sensor.black.fill(1000);
  frame.sensor.white.fill(65000);
  frame.stride = kSize.width * samples;
  auto codes = std::make_shared<std::vector<std::uint16_t>>();
  for (int y = 0; y < kSize.height; y++) {
    for (int i = 0; i < kSize.width * samples; i++) {
      const int x = i / samples, color = mosaic ? color_at(frame.sensor, x, y) : samples == 3 ? i % 3 : 1;
      const float light = scene(in_picture(geometry, {x + 0.5, y + 0.5}, static_cast<std::size_t>(color)));
      codes->push_back(static_cast<std::uint16_t>(1000 + 64000 * light + 0.5f));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  return frame;
}

PipelineParams linear_params() {
  PipelineParams params;
  params.output.type = PixelType::kF32;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  params.demosaic.method = "best";
  params.defects.strength = 0;
  return params;
}

/// How far the vertical lines' centers are from where they belong, in pixels, over all lines and some rows between the horizontal ones.
/// `shift`: of the picture's first column in the scene.
double worst_line(const Image& image, std::size_t color, int first_column = 0, int first_row = 0) {
  double worst = 0;
  int lines = 0;
  for (int row = kSpacing / 2; row < kSize.height; row += kSpacing) {
    for (int line = kSpacing; line < kSize.width; line += kSpacing) {
      const int y = row - first_row, middle = line - first_column;
      if (y < 2 || y > image.height() - 3 || middle < 10 || middle > image.width() - 10) continue;
      double sum = 0, moment = 0;
      for (int x = middle - 7; x < middle + 7; x++) {
        const double light = double(image.row<float>(y)[3 * x + static_cast<int>(color)]) - 0.05;
        sum += light;
        moment += light * (x + 0.5 - middle);
      }
      worst = std::max(worst, std::abs(moment / sum));
      lines++;
    }
  }
  EXPECT_GT(lines, 30);
  return worst;
}

WarpRectilinear barrel() {
  WarpRectilinear warp;
  warp.planes = {{{1, -0.06, 0.01, 0}, {1e-3, -5e-4}}};
  return warp;
}

TEST(PictureGeometry, AGridThroughAKnownWarpComesBackStraight) {
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGbrg, CfaPattern::kXTrans, CfaPattern::kRgb, CfaPattern::kMonochrome}) {
    RawFrame frame = grid_frame(cfa, {barrel()});
    const Image straight = Pipeline(linear_params()).render(frame, {});
    ASSERT_EQ(straight.size(), kSize);
    EXPECT_LT(worst_line(straight, 1), 0.1) << static_cast<int>(cfa);
    frame.opcodes = nullptr;
    EXPECT_GT(worst_line(Pipeline(linear_params()).render(frame, {}), 1), 1) << "without the correction it is not";
  }
}

TEST(PictureGeometry, WarpsFollowOneAnotherAndCropsAreOfTheCorrectedPicture) {
  WarpRectilinear second;
  second.planes = {{{0.99, 0.03, 0, 0}, {}}};
  second.center_x = 0.4;
  RawFrame frame = grid_frame(CfaPattern::kRggb, {barrel(), second});
  EXPECT_LT(worst_line(Pipeline(linear_params()).render(frame, {}), 1), 0.1);
  frame.capture.crop = {31, 17, 290, 200};
  const Image cropped = Pipeline(linear_params()).render(frame, {});
  ASSERT_EQ(cropped.size(), (Size{290, 200}));
  EXPECT_LT(worst_line(cropped, 1, 31, 17), 0.1);
  PipelineParams params = linear_params();
  params.output.crop = Rect{20, 10, 250, 170};
  const Image part = Pipeline(params).render(frame, {});
  ASSERT_EQ(part.size(), (Size{250, 170}));
  EXPECT_LT(worst_line(part, 1, 51, 27), 0.1);
}

TEST(PictureGeometry, ColorsOfAWarpWithThreePlanesComeTogether) {
  WarpRectilinear warp;
  warp.planes = {{{1.004, 0.004, 0, 0}, {}}, {{1, 0, 0, 0}, {}}, {{0.997, -0.003, 0, 0}, {}}};
  RawFrame frame = grid_frame(CfaPattern::kRggb, {warp});
  const Image together = Pipeline(linear_params()).render(frame, {});
  for (const std::size_t color : {0U, 1U, 2U}) EXPECT_LT(worst_line(together, color), 0.1) << color;
  frame.opcodes = nullptr;
  EXPECT_GT(worst_line(Pipeline(linear_params()).render(frame, {}), 0), 0.7);
}

TEST(PictureGeometry, LateralColorByHandIsMended) {
  PipelineParams params = linear_params();
  params.geometry.ca_red = 1.004f;
  params.geometry.ca_blue = 0.995f;
  const RawFrame frame = grid_frame(CfaPattern::kGrbg, {}, params);
  const Image together = Pipeline(params).render(frame, {}), apart = Pipeline(linear_params()).render(frame, {});
  for (const std::size_t color : {0U, 1U, 2U}) EXPECT_LT(worst_line(together, color), 0.1) << color;
  EXPECT_GT(worst_line(apart, 0), 0.4);
  EXPECT_GT(worst_line(apart, 2), 0.4);
}

TEST(PictureGeometry, DistortionByHandIsMended) {
  for (const float k1 : {-0.08f, 0.08f}) {
    PipelineParams params = linear_params();
    params.geometry.distortion = k1;
    const RawFrame frame = grid_frame(CfaPattern::kRggb, {}, params);
    EXPECT_LT(worst_line(Pipeline(params).render(frame, {}), 1), 0.1) << k1;
    const PictureGeometry geometry(frame, params);
    for (const Place corner : {Place{0, 0}, Place{double(kSize.width), 0}, Place{0, double(kSize.height)}}) {
      const Place found = geometry.on_sensor(corner, 1);
      EXPECT_TRUE(found.x > -1e-9 && found.x < kSize.width + 1e-9 && found.y > -1e-9 && found.y < kSize.height + 1e-9) << k1;
    }
  }
}

TEST(PictureGeometry, ATiltedPictureStandsUprightAndFillsItsFrame) {
  constexpr float kTilt = 4;
  for (const float tilt : {kTilt, -kTilt}) {
    // The scene leans against the clock: what mends it turns it with the clock.
    const double angle = static_cast<double>(tilt) * std::numbers::pi / 180;
    const auto leaning = [&](Place at) {
      const double dx = at.x - kSize.width / 2.0, dy = at.y - kSize.height / 2.0;
      return grid_light({kSize.width / 2.0 + std::cos(angle) * dx - std::sin(angle) * dy,
                         kSize.height / 2.0 + std::sin(angle) * dx + std::cos(angle) * dy});
    };
    const RawFrame frame = grid_frame(CfaPattern::kRggb, {}, {}, leaning);
    PipelineParams params = linear_params();
    params.geometry.rotate = tilt;
    const Pipeline pipeline(params);
    const Image upright = pipeline.render(frame, {});
    EXPECT_EQ(upright.size(), pipeline.output_size(frame));
    const Rect area = picture_area(frame, params);
    EXPECT_LT(area.width, kSize.width - 20);
    EXPECT_NEAR(double(area.width) / area.height, double(kSize.width) / kSize.height, 0.02);
    EXPECT_EQ(2 * area.x + area.width, kSize.width) << "the middle stays";
    EXPECT_LT(worst_line(upright, 1, area.x, area.y), 0.1) << tilt;
    const PictureGeometry geometry(frame, params);
    double nearest = 1e9;
    for (const int x : {area.x, area.x + area.width}) {
      for (const int y : {area.y, area.y + area.height}) {
        const Place at = geometry.on_sensor({double(x), double(y)}, 1);
        nearest = std::min({nearest, at.x, at.y, kSize.width - at.x, kSize.height - at.y});
      }
    }
    EXPECT_GT(nearest, -1e-6) << "nothing from outside";
    EXPECT_LT(nearest, 2.5) << "and no more lost than needed";
  }
}

TEST(PictureGeometry, TheUprightPictureTurnsWithTheClockHoweverItIsStored) {
  for (int orientation = 1; orientation <= 8; orientation++) {
    RawFrame frame = reference::make_frame(CfaPattern::kRgb, {90, 60});
    frame.capture.orientation = static_cast<Orientation>(orientation);
    PipelineParams params = linear_params();
    params.geometry.rotate = 10;
    // Upright first and then rotated is the same as what render does, which rotates what is stored.
    params.output.orientation = std::nullopt;
    const Image got = Pipeline(params).render(frame, {});
    params.geometry.rotate = 0;
    const Image plain = Pipeline(params).render(frame, {});
    const double angle = 10 * std::numbers::pi / 180, cx = got.width() / 2.0, cy = got.height() / 2.0;
    double error = 0, other = 0;
    for (int y = 6; y < got.height() - 6; y++) {
      for (int x = 6; x < got.width() - 6; x++) {
        const double dx = x + 0.5 - cx, dy = y + 0.5 - cy;
        const auto at = [&](double sine) {
          const int i = static_cast<int>(plain.width() / 2.0 + std::cos(angle) * dx + sine * dy);
          const int j = static_cast<int>(plain.height() / 2.0 - sine * dx + std::cos(angle) * dy);
          return double(plain.row<float>(j)[3 * i + 1]);
        };
        const auto value = double(got.row<float>(y)[3 * x + 1]);
        error += std::abs(value - at(std::sin(angle)));
        other += std::abs(value - at(-std::sin(angle)));
      }
    }
    EXPECT_LT(error, 0.5 * other) << orientation;
  }
}

TEST(PictureGeometry, NeutralParametersLeaveEveryBitAndEachOneChangesThem) {
  const RawFrame frame = reference::make_frame(CfaPattern::kRggb, {96, 64});
  PipelineParams params;
  const Image plain = Pipeline(params).render(frame, {});
  WarpRectilinear identity;
  identity.planes = {{}};
  RawFrame same = share(frame);
  same.opcodes = std::make_shared<const DngOpcodes>(DngOpcodes{{}, {}, {{1, 0x01030000, 0, identity}}});
  EXPECT_TRUE(reference::same_bytes(plain, Pipeline(params).render(same, {})));
  same.opcodes = nullptr;
  same.lens = std::make_shared<const LensCorrection>(LensCorrection{"none", 0.5, 0.5, 50, 1, {}, {}});
  EXPECT_TRUE(reference::same_bytes(plain, Pipeline(params).render(same, {})));

  const auto differs = [&](auto change) {
    PipelineParams changed;
    change(changed.geometry);
    return !reference::same_bytes(plain, Pipeline(changed).render(frame, {}));
  };
  EXPECT_TRUE(differs([](GeometryParams& p) { p.distortion = 0.02f; }));
  EXPECT_TRUE(differs([](GeometryParams& p) { p.ca_red = 1.01f; }));
  EXPECT_TRUE(differs([](GeometryParams& p) { p.ca_blue = 1.01f; }));
  EXPECT_TRUE(differs([](GeometryParams& p) { p.rotate = 1; }));
  for (int i = 0; i < 8; i++) {
    WarpRectilinear warp = identity;
    double* const values[8]{&warp.planes[0].radial[0],
                            &warp.planes[0].radial[1],
                            &warp.planes[0].radial[2],
                            &warp.planes[0].radial[3],
                            &warp.planes[0].tangential[0],
                            &warp.planes[0].tangential[1],
                            &warp.center_x,
                            &warp.center_y};
    if (i > 5) warp.planes[0].radial[1] = 0.1;
    same.lens = nullptr;
    same.opcodes = std::make_shared<const DngOpcodes>(DngOpcodes{{}, {}, {{1, 0x01030000, 0, warp}}});
    const Image before = Pipeline(params).render(same, {});
    *values[i] += 0.02;
    same.opcodes = std::make_shared<const DngOpcodes>(DngOpcodes{{}, {}, {{1, 0x01030000, 0, warp}}});
    EXPECT_FALSE(reference::same_bytes(before, Pipeline(params).render(same, {}))) << i;
  }
}

TEST(PictureGeometry, TargetsAndThreadsAgree) {
  const RawFrame frame = grid_frame(CfaPattern::kRggb, {barrel()});
  PipelineParams params;
  params.geometry.rotate = -2;
  params.threads = 1;
  const Image expected = Pipeline(params, CpuTarget::kBaseline).render(frame, {});
  for (const CpuTarget cpu : reference::runnable_targets()) {
    params.threads = 3;
    const Image got = Pipeline(params, cpu).render(frame, {});
    for (int y = 0; y < got.height(); y++) {
      for (int i = 0; i < got.width() * 3; i++) ASSERT_NEAR(got.row<std::uint8_t>(y)[i], expected.row<std::uint8_t>(y)[i], 1);
    }
  }
}

TEST(PictureGeometry, OpcodesThatCanNotBeAppliedAreErrorsUnlessTheyAreOptional) {
  const auto render = [](CfaPattern cfa, const DngOpcodes& opcodes) {
    RawFrame frame = reference::make_frame(cfa, {32, 24});
    frame.opcodes = std::make_shared<const DngOpcodes>(opcodes);
    PipelineParams params;
    params.output.color = ColorSpace::kCamera;
    return Pipeline(params).render(frame, {});
  };
  WarpRectilinear two = barrel(), three = barrel();
  two.planes.resize(2);
  three.planes.resize(3);
  EXPECT_THROW(render(CfaPattern::kRggb, {{}, {}, {{1, 0, 0, two}}}), Error);
  EXPECT_NO_THROW(render(CfaPattern::kRggb, {{}, {}, {{1, 0, 1, two}}}));
  EXPECT_THROW(render(CfaPattern::kMonochrome, {{}, {}, {{1, 0, 0, three}}}), Error);
  EXPECT_THROW(render(CfaPattern::kRggb, {{}, {{1, 0, 0, barrel()}}, {}}), Error);
  EXPECT_NO_THROW(render(CfaPattern::kRggb, {{}, {{1, 0, 1, barrel()}}, {}}));
  three.planes[1].radial[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(render(CfaPattern::kRggb, {{}, {}, {{1, 0, 0, three}}}), Error);
}

TEST(PictureGeometry, ADngWithAWarpIsCorrectedWhenItIsReadBack) {
  const RawFrame frame = grid_frame(CfaPattern::kRggb, {barrel()});
  const auto path = std::filesystem::path(testing::TempDir()) / "argent_warp.dng";
  std::filesystem::remove(path);
  save_dng(frame, path);
  const RawFrame back = load_raw(path);
  EXPECT_LT(worst_line(Pipeline(linear_params()).render(back, {}), 1), 0.1);
  std::filesystem::remove(path);
}

/// Barrel distortion of `k1`, red apart, light that falls off to a half.
LensCorrection made_up_lens() {
  LensCorrection lens{"made up", 0.5, 0.5, std::hypot(kSize.width, kSize.height) / 2, 1, {}, {}};
  for (int i = 0; i <= 256; i++) {
    const double r = i / 256.0;
    for (std::size_t c = 0; c < 3; c++) lens.stretch[c].push_back(1 - 0.05 * r * r + (c == 0 ? 0.004 : 0));
    lens.gain.push_back(1 + r * r);
  }
  return lens;
}

TEST(PictureGeometry, ALensFromADatabaseIsCorrectedOnceAndAnOpcodeWins) {
  RawFrame frame = grid_frame(CfaPattern::kRggb, {});
  frame.lens = std::make_shared<const LensCorrection>(made_up_lens());
  const PictureGeometry lens(frame, {});
  EXPECT_FALSE(lens.neutral());
  EXPECT_TRUE(lens.knows_lateral_color());
  const Place corner = lens.on_sensor({0, 0}, 1);
  EXPECT_NEAR(corner.x, 0.05 * kSize.width / 2, 1e-3);
  EXPECT_NEAR(lens.on_sensor({0, 0}, 0).x, 0.046 * kSize.width / 2, 1e-3);
  frame.opcodes = std::make_shared<const DngOpcodes>(DngOpcodes{{}, {}, {{1, 0, 0, barrel()}}});
  const PictureGeometry opcode(frame, {});
  RawFrame without = share(frame);
  without.lens = nullptr;
  const Place both = opcode.on_sensor({20, 30}, 0), alone = PictureGeometry(without, {}).on_sensor({20, 30}, 0);
  EXPECT_EQ(both.x, alone.x);
  EXPECT_EQ(both.y, alone.y);
}

TEST(PictureGeometry, TheFalloffOfALensIsUndoneWhereNothingElseDoesIt) {
  RawFrame frame = grid_frame(CfaPattern::kRggb, {});
  frame.lens = std::make_shared<const LensCorrection>(made_up_lens());
  const auto corner = [&](const PipelineParams& params) { return lens_mesh(frame, params, 5000).gains[1].front(); };
  EXPECT_NEAR(corner({}), 2, 1e-5);
  PipelineParams measured;
  measured.shading = {{5000, 1, 1, {{{1.5f}, {1.5f}, {1.5f}}}}};
  EXPECT_FLOAT_EQ(corner(measured), 1.5f);
  frame.opcodes = std::make_shared<const DngOpcodes>(DngOpcodes{{}, {}, {{3, 0, 0, FixVignetteRadial{.k = {0.25}}}}});
  EXPECT_FLOAT_EQ(corner({}), 1.25f);
}

TEST(PictureGeometry, ABoxOfThePictureIsFoundOnTheSensor) {
  RawFrame frame = reference::make_frame(CfaPattern::kRggb, kSize);
  PipelineParams params;
  params.geometry.rotate = 20;
  const Rect whole = picture_area(frame, params), box = sensor_area(frame, params, {0, 0, 10, 10});
  const Place middle = PictureGeometry(frame, params).on_sensor({whole.x + 5.0, whole.y + 5.0}, 1);
  EXPECT_NEAR(box.x + 5, middle.x, 1);
  EXPECT_NEAR(box.y + 5, middle.y, 1);
  EXPECT_EQ(box.width, 10);
}

}  // namespace
}  // namespace argent
