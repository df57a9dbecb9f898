#include "isp/site_mesh.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "isp/flat_field.h"
#include "isp/opcode_gains.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/mosaic.h"

namespace argent {
namespace {

using reference::make_frame;

/// 2 x 2 nodes on the borders.
OpcodeGainMap map_of(Size size, int top, int left, int pitch, std::vector<float> gains) {
  OpcodeGainMap map;
  map.area = {top, left, size.height, size.width, 0, 1, pitch, pitch};
  map.rows = map.columns = 2;
  map.gains = std::move(gains);
  return map;
}

RawFrame with_opcodes(RawFrame frame, DngOpcodes opcodes) {
  frame.opcodes = std::make_shared<const DngOpcodes>(std::move(opcodes));
  return frame;
}

DngOpcode opcode_of(OpcodeParameters parameters, std::uint32_t flags = 0) { return {9, 0x01030000, flags, std::move(parameters)}; }

float node(const SiteMesh& mesh, int site, int column, int row) {
  return mesh.gains[static_cast<std::size_t>(site)][static_cast<std::size_t>(row * mesh.columns + column)];
}

TEST(SiteMesh, AGainMapChangesTheSitesOfItsPitch) {
  constexpr Size kSize{64, 48};
  // (top, left) of each site.
  const int corner[4][4][2] = {{{0, 0}, {0, 1}, {1, 0}, {1, 1}},   // rggb
                               {{0, 1}, {0, 0}, {1, 1}, {1, 0}},   // grbg
                               {{1, 0}, {1, 1}, {0, 0}, {0, 1}},   // gbrg
                               {{1, 1}, {1, 0}, {0, 1}, {0, 0}}};  // bggr
  for (int cfa = 0; cfa < 4; cfa++) {
    DngOpcodes opcodes;
    for (int site = 0; site < 4; site++) {
      const auto base = static_cast<float>(site + 1);
      opcodes.linear.push_back(
          opcode_of(map_of(kSize, corner[cfa][site][0], corner[cfa][site][1], 2, {base, base + 0.5f, base + 0.25f, base + 0.75f})));
    }
    const RawFrame frame = with_opcodes(make_frame(static_cast<CfaPattern>(cfa), kSize), opcodes);
    const SiteMesh mesh = lens_mesh(frame, {}, 5000);
    ASSERT_EQ(mesh.columns, 2);
    ASSERT_EQ(mesh.rows, 2);
    for (int site = 0; site < 4; site++) {
      const auto base = static_cast<float>(site + 1);
      EXPECT_FLOAT_EQ(node(mesh, site, 0, 0), base) << cfa << " " << site;
      EXPECT_FLOAT_EQ(node(mesh, site, 1, 0), base + 0.5f);
      EXPECT_FLOAT_EQ(node(mesh, site, 0, 1), base + 0.25f);
      EXPECT_FLOAT_EQ(node(mesh, site, 1, 1), base + 0.75f);
    }
  }
}

TEST(SiteMesh, MapsMultiplyWithShadingFlatAndEachOther) {
  constexpr Size kSize{64, 48};
  DngOpcodes opcodes;
  opcodes.linear.push_back(opcode_of(map_of(kSize, 0, 0, 1, {2, 2, 2, 2})));
  opcodes.linear.push_back(opcode_of(map_of(kSize, 0, 0, 1, {1.5f, 1.5f, 1.5f, 1.5f})));
  const RawFrame frame = with_opcodes(make_frame(CfaPattern::kGrbg, kSize), opcodes);
  PipelineParams params;
  params.shading = {reference::make_mesh()};
  params.flat = std::make_shared<FlatField>(FlatField{kSize, {5000, 1, 1, {{{1.1f}, {1.2f}, {1.3f}}}}});
  const SiteMesh mesh = lens_mesh(frame, params, 5000);
  const int channel[4] = {0, 1, 1, 2};
  for (int site = 0; site < 4; site++) {
    const float shading = params.shading[0].gains[static_cast<std::size_t>(channel[site])][5];
    EXPECT_NEAR(node(mesh, site, 1, 1), 3 * shading * (1.1f + 0.1f * static_cast<float>(channel[site])), 1e-5);
  }
}

TEST(SiteMesh, NodesInsideThePictureAndOutsideOfItAreFound) {
  // One map with its nodes at pixel centers of a 4 x 4 grid's middle, constant outside: DNG's own way.
  OpcodeGainMap map;
  map.area = {0, 0, 48, 64, 0, 1, 1, 1};
  map.rows = 1;
  map.columns = 2;
  map.spacing_x = 0.5;
  map.origin_x = 0.25;
  map.gains = {1, 2};
  DngOpcodes opcodes;
  opcodes.linear.push_back(opcode_of(map));
  const OpcodeGains gains(opcodes, make_frame(CfaPattern::kRggb, {64, 48}).sensor);
  EXPECT_FLOAT_EQ(gains.at(0, 0, 0.3), 1);
  EXPECT_FLOAT_EQ(gains.at(1, 0.25, 0.3), 1);
  EXPECT_FLOAT_EQ(gains.at(2, 0.5, 0.3), 1.5f);
  EXPECT_FLOAT_EQ(gains.at(3, 0.9, 0.9), 2);
  EXPECT_GE(gains.columns(), 65);
}

TEST(SiteMesh, AVignetteIsItsPolynomial) {
  DngOpcodes opcodes;
  opcodes.demosaiced.push_back(opcode_of(FixVignetteRadial{.k = {0.5, 0.25, 0, 0, 0.125}, .center_x = 0.5, .center_y = 0.5}));
  const RawFrame frame = with_opcodes(make_frame(CfaPattern::kBggr, {300, 200}), opcodes);
  const OpcodeGains gains(*frame.opcodes, frame.sensor);
  EXPECT_FLOAT_EQ(gains.at(1, 0.5, 0.5), 1);
  EXPECT_FLOAT_EQ(gains.at(2, 0, 1), 1.875f);
  const double r2 = (150.0 * 150) / (150.0 * 150 + 100.0 * 100);
  EXPECT_NEAR(gains.at(0, 1, 0.5), 1 + 0.5 * r2 + 0.25 * r2 * r2 + 0.125 * std::pow(r2, 5), 1e-6);
}

TEST(SiteMesh, OpcodesThatCanNotBeAreErrors) {
  constexpr Size kSize{64, 48};
  const auto refused = [&](OpcodeParameters parameters, std::uint32_t flags = 0) {
    DngOpcodes opcodes;
    opcodes.linear.push_back(opcode_of(std::move(parameters), flags));
    try {
      (void)lens_mesh(with_opcodes(make_frame(CfaPattern::kRggb, kSize), opcodes), {}, 5000);
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  EXPECT_FALSE(refused(map_of(kSize, 0, 0, 1, {1, 1, 1, 1})));
  EXPECT_TRUE(refused(map_of(kSize, 0, 0, 1, {1, 1, 1})));
  EXPECT_TRUE(refused(map_of(kSize, 0, 0, 1, {1, 1, 1, std::nanf("")})));
  EXPECT_TRUE(refused(map_of(kSize, 0, 0, 1, {1, 1, 1, -1})));
  EXPECT_TRUE(refused(map_of(kSize, 0, 0, 0, {1, 1, 1, 1})));
  EXPECT_TRUE(refused(map_of(kSize, 10, 0, 1, {1, 1, 1, 1})));      // a part of the picture
  EXPECT_FALSE(refused(map_of(kSize, 10, 0, 1, {1, 1, 1, 1}), 1));  // that need not be
  EXPECT_TRUE(refused(map_of(kSize, 0, 0, 4, {1, 1, 1, 1})));
  OpcodeGainMap vast = map_of(kSize, 0, 0, 1, {});
  vast.rows = vast.columns = std::numeric_limits<int>::max();
  EXPECT_TRUE(refused(vast));
  OpcodeGainMap flat = map_of(kSize, 0, 0, 1, {1, 1, 1, 1});
  flat.spacing_x = 0;
  EXPECT_TRUE(refused(flat));
  EXPECT_TRUE(refused(FixVignetteRadial{.k = {std::nan(""), 0, 0, 0, 0}}));
}

TEST(SiteMesh, RenderAndMeasureApplyTheMapOfOneGreen) {
  // A grey surface that a quarter less of G's light on blue's rows falls on: even again with that site's map.
  constexpr Size kSize{64, 48};
  RawFrame frame = make_frame(CfaPattern::kRggb, kSize, reference::Content::kBlack);
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * kSize.height));
  for (int y = 0; y < kSize.height; y++) {
    for (int x = 0; x < kSize.width; x++) {
      const auto s = static_cast<std::size_t>(y % 2 * 2 + x % 2);
      const float light = s == 2 ? 0.15f : 0.2f;
      (*codes)[static_cast<std::size_t>(y * frame.stride + x)] =
          static_cast<std::uint16_t>(std::lround(frame.sensor.black[s] + light * (frame.sensor.white[s] - frame.sensor.black[s])));
    }
  }
  frame.data = codes->data();
  frame.lease = codes;
  DngOpcodes opcodes;
  const float gain = 4.0f / 3;
  opcodes.linear.push_back(opcode_of(map_of(kSize, 1, 0, 2, {gain, gain, gain, gain})));
  PipelineParams params;
  params.output.encoding = Encoding::kLinear;
  params.output.color = ColorSpace::kCamera;
  params.output.type = PixelType::kU16;
  const Pipeline pipeline(params);
  const auto worst = [&](const Image& image) {
    int most = 0;
    for (int y = 0; y < kSize.height; y++) {
      for (int i = 0; i < 3 * kSize.width; i++) most = std::max(most, std::abs(image.row<std::uint16_t>(y)[i] - 13107));
    }
    return most;
  };
  EXPECT_GT(worst(pipeline.render(frame, {})), 1000);
  const RawFrame corrected = with_opcodes(share(frame), opcodes);
  EXPECT_LT(worst(pipeline.render(corrected, {})), 20);
  EXPECT_NEAR(pipeline.measure(corrected).zone(0, 0).mean[1], (0.2 + 0.15) / 2 * (1 + 4.0 / 3) / 2, 1e-3);  // the greens' mean gain
}

TEST(FlatField, MakesAPictureOfAnEvenSurfaceEven) {
  constexpr Size kSize{260, 180};
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGbrg, CfaPattern::kMonochrome}) {
    RawFrame frame = make_frame(cfa, kSize, reference::Content::kBlack);
    auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * kSize.height));
    for (int y = 0; y < kSize.height; y++) {
      for (int x = 0; x < kSize.width; x++) {
        const int site = is_bayer(cfa) ? reference::site_of(cfa, x, y) : 0, channel = reference::channel_of(site);
        const double u = (x + 0.5) / kSize.width - 0.5, v = (y + 0.5) / kSize.height - 0.5;
        const double falloff = 1 - (0.8 + 0.1 * channel) * (u * u + v * v), color = channel == 1 ? 0.8 : 0.5;
        const auto s = static_cast<std::size_t>(site);
        const double black = double(frame.sensor.black[s]), range = double(frame.sensor.white[s]) - black;
        (*codes)[static_cast<std::size_t>(y * frame.stride + x)] = static_cast<std::uint16_t>(std::lround(black + range * color * falloff));
      }
    }
    frame.data = codes->data();
    frame.lease = codes;
    PipelineParams params;
    params.flat = std::make_shared<FlatField>(make_flat_field(frame));
    EXPECT_NEAR(*std::min_element(params.flat->mesh.gains[1].begin(), params.flat->mesh.gains[1].end()), 1, 1e-6);
    EXPECT_THROW((void)Pipeline(params).measure(make_frame(cfa, {64, 48})), Error);
    const Statistics before = Pipeline({}).measure(frame), after = Pipeline(params).measure(frame);
    const int channels = is_bayer(cfa) ? 3 : 1;
    for (int c = 0; c < channels; c++) {
      const auto i = static_cast<std::size_t>(c);
      EXPECT_LT(before.zone(0, 0).mean[i], 0.75f * before.zone(16, 12).mean[i]);
      for (int zone = 0; zone < 32 * 24; zone++) {
        ASSERT_NEAR(after.zones[static_cast<std::size_t>(zone)].mean[i], c == 1 || channels == 1 ? (channels == 1 ? 0.5 : 0.8) : 0.5, 0.005)
            << "zone " << zone << " channel " << c;
      }
    }
  }
}

TEST(FlatField, WhatIsNoneIsAnError) {
  EXPECT_THROW(make_flat_field(make_frame(CfaPattern::kRggb, {64, 48}, reference::Content::kSaturated)), Error);
  EXPECT_THROW(make_flat_field(make_frame(CfaPattern::kRggb, {64, 48}, reference::Content::kBlack)), Error);
}

}  // namespace
}  // namespace argent
