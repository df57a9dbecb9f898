#include "isp/io/opcode_lists.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "isp/io/opcode_geometry.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Written by hand from the specification's tables, and not with the code that is tested.
class ByHand {
 public:
  ByHand& words(std::initializer_list<std::uint32_t> values) {
    for (const std::uint32_t value : values) append(value, 4);
    return *this;
  }
  ByHand& reals(std::initializer_list<double> values) {
    for (const double value : values) append(std::bit_cast<std::uint64_t>(value), 8);
    return *this;
  }
  ByHand& singles(std::initializer_list<float> values) {
    for (const float value : values) append(std::bit_cast<std::uint32_t>(value), 4);
    return *this;
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  void append(std::uint64_t value, int size) {
    for (int i = size - 1; i >= 0; i--) bytes_.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  }
  Bytes bytes_;
};

constexpr std::uint32_t kVersion = 0x01030000, kOptional = 1;

Bytes all_kinds() {
  return ByHand()
      .words({6})
      .words({4, kVersion, 0, 8, 0, 2})                                             // FixBadPixelsConstant: code 0, phase 2
      .words({5, kVersion, 0, 12 + 2 * 8 + 16, 1, 2, 1, 7, 9, 11, 13, 2, 4, 6, 9})  // FixBadPixelsList
      .words({9, kVersion, kOptional, 76 + 4 * 6, 1, 0, 48, 64, 0, 1, 2, 2, 2, 3})  // GainMap, 2 x 3 nodes
      .reals({1, 0.5, 0, 0})                                                        //
      .words({1})                                                                   //
      .singles({1, 1.25f, 1.5f, 2, 2.25f, 2.5f})                                    //
      .words({1, kVersion, kOptional, 4 + 48 + 16, 1})                              // WarpRectilinear
      .reals({1, 0.1, -0.02, 0.003, 1e-4, -2e-4, 0.5, 0.25})                        //
      .words({3, kVersion, kOptional, 56})                                          // FixVignetteRadial
      .reals({0.5, 0.25, 0.125, 0.0625, 0.03125, 0.5, 0.5})                         //
      .words({77, kVersion, kOptional, 4, 0xdeadbeef})
      .bytes();
}

TEST(OpcodeLists, AllKindsAreRead) {
  const std::vector<DngOpcode> list = parse_opcode_list(all_kinds());
  ASSERT_EQ(list.size(), 6U);
  EXPECT_EQ(std::get<FixBadPixelsConstant>(list[0].parameters), (FixBadPixelsConstant{0, 2}));
  EXPECT_FALSE(is_optional(list[0]));
  const FixBadPixelsList bad{1, {{9, 7}, {13, 11}}, {{4, 2, 5, 4}}};
  EXPECT_EQ(std::get<FixBadPixelsList>(list[1].parameters), bad);
  const auto& map = std::get<OpcodeGainMap>(list[2].parameters);
  EXPECT_EQ(map.area, (OpcodeArea{1, 0, 48, 64, 0, 1, 2, 2}));
  EXPECT_EQ(map.rows, 2);
  EXPECT_EQ(map.columns, 3);
  EXPECT_EQ(map.spacing_y, 1);
  EXPECT_EQ(map.spacing_x, 0.5);
  EXPECT_EQ(map.gains, (std::vector<float>{1, 1.25f, 1.5f, 2, 2.25f, 2.5f}));
  EXPECT_TRUE(is_optional(list[2]));
  const auto& warp = std::get<WarpRectilinear>(list[3].parameters);
  ASSERT_EQ(warp.planes.size(), 1U);
  EXPECT_EQ(warp.planes[0].radial, (std::array<double, 4>{1, 0.1, -0.02, 0.003}));
  EXPECT_EQ(warp.planes[0].tangential, (std::array<double, 2>{1e-4, -2e-4}));
  EXPECT_EQ(warp.center_x, 0.5);
  EXPECT_EQ(warp.center_y, 0.25);
  const auto& vignette = std::get<FixVignetteRadial>(list[4].parameters);
  EXPECT_EQ(vignette.k, (std::array<double, 5>{0.5, 0.25, 0.125, 0.0625, 0.03125}));
  EXPECT_EQ(std::get<UnknownOpcode>(list[5].parameters).parameters, (Bytes{0xde, 0xad, 0xbe, 0xef}));
  EXPECT_EQ(list[5].id, 77U);
}

TEST(OpcodeLists, WrittenIsReadBack) {
  const std::vector<DngOpcode> list = parse_opcode_list(all_kinds());
  EXPECT_EQ(opcode_list_bytes(list), all_kinds());
}

TEST(OpcodeLists, HostileOnesAreRefusedBeforeMemoryIsTaken) {
  const Bytes whole = all_kinds();
  for (std::size_t size = 0; size < whole.size(); size++) {
    EXPECT_THROW(parse_opcode_list(std::span(whole).first(size)), Error) << size;
  }
  const auto refused = [](const ByHand& list) { EXPECT_THROW(parse_opcode_list(list.bytes()), Error); };
  refused(ByHand().words({0xffffffff}));
  refused(ByHand().words({1, 5, kVersion, 0, 12, 0, 0x10000000, 0x10000000}));
  refused(ByHand().words({1, 4, kVersion, 0, 12, 0, 0, 0}));  // a word too many
  refused(ByHand().words({1, 4, kVersion, 0, 8, 0, 4}));      // no such phase
  const auto map = [](std::initializer_list<std::uint32_t> area, std::uint32_t rows, std::uint32_t columns, std::uint32_t planes,
                      double spacing, float gain) {
    return ByHand()
        .words({1, 9, kVersion, 0, 80})
        .words(area)
        .words({rows, columns})
        .reals({spacing, spacing, 0, 0})
        .words({planes})
        .singles({gain});
  };
  EXPECT_NO_THROW(parse_opcode_list(map({0, 0, 4, 4, 0, 1, 1, 1}, 1, 1, 1, 0, 1).bytes()));
  refused(map({0, 0, 4, 4, 0, 1, 0, 1}, 1, 1, 1, 1, 1));
  refused(map({5, 0, 4, 4, 0, 1, 1, 1}, 1, 1, 1, 1, 1));
  refused(map({0, 0, 0x80000000, 4, 0, 1, 1, 1}, 1, 1, 1, 1, 1));
  refused(map({0, 0, 4, 4, 0, 1, 1, 1}, 0x7fffffff, 0x7fffffff, 0x7fffffff, 1, 1));
  refused(map({0, 0, 4, 4, 0, 1, 1, 1}, 1, 1, 1, 1, std::numeric_limits<float>::infinity()));
  refused(map({0, 0, 4, 4, 0, 1, 1, 1}, 1, 1, 1, std::numeric_limits<double>::quiet_NaN(), 1));
}

TEST(OpcodeLists, AnyBytesAreReadOrRefused) {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; round++) {
    Bytes bytes = all_kinds();
    for (int change = 0; change < 4; change++)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xff : random());
    bytes.resize(random() % 8 == 0 ? random() % bytes.size() : bytes.size());
    try {
      const DngOpcodes list{parse_opcode_list(bytes), parse_opcode_list(bytes), parse_opcode_list(bytes)};
      in_frame(list, {{64, 48}, {3, 1, 60, 46}, {2, 2, 60, 45}});
    } catch (const Error&) {
    }
  }
}

TEST(OpcodeGeometry, TheSamePixelsAreMeant) {
  DngOpcodes file;
  file.raw.push_back({4, kVersion, 0, FixBadPixelsConstant{5, 0}});
  file.raw.push_back({5, kVersion, 0, FixBadPixelsList{0, {{0, 0}, {3, 2}, {63, 47}}, {{0, 0, 6, 4}}}});
  OpcodeGainMap map;
  map.area = {0, 1, 46, 60, 0, 1, 2, 2};
  map.rows = map.columns = 2;
  map.gains = {1, 2, 3, 4};
  file.linear.push_back({9, kVersion, 0, map});
  const OpcodeGeometry geometry{{64, 48}, {2, 1, 60, 46}, {3, 2, 59, 45}};
  const DngOpcodes moved = in_frame(file, geometry);
  EXPECT_EQ(std::get<FixBadPixelsConstant>(moved.raw[0].parameters).bayer_phase, 1);  // three to the right, two down
  const FixBadPixelsList bad{1, {{0, 0}}, {{0, 0, 3, 2}}};
  EXPECT_EQ(std::get<FixBadPixelsList>(moved.raw[1].parameters), bad);
  const auto& there = std::get<OpcodeGainMap>(moved.linear[0].parameters);
  EXPECT_EQ(there.area, (OpcodeArea{1, 0, 45, 59, 0, 1, 2, 2}));
  // The center of one pixel lies at the same place between the nodes.
  const auto node = [](double pixel, double size, double origin, double spacing) { return ((pixel + 0.5) / size - origin) / spacing; };
  EXPECT_NEAR(node(17, 60, map.origin_x, map.spacing_x), node(16, 59, there.origin_x, there.spacing_x), 1e-12);
  EXPECT_NEAR(node(17, 46, map.origin_y, map.spacing_y), node(16, 45, there.origin_y, there.spacing_y), 1e-12);
}

/// Where a pixel of the corrected picture is found, by the specification's formula.
std::array<double, 2> warped(const WarpRectilinear& warp, double x, double y, Size size) {
  const double cx = warp.center_x * size.width, cy = warp.center_y * size.height;
  const double m = std::hypot(std::max(cx, size.width - cx), std::max(cy, size.height - cy));
  const double dx = (x - cx) / m, dy = (y - cy) / m, r2 = dx * dx + dy * dy;
  const auto& [k, t] = warp.planes[0];
  const double f = k[0] + r2 * (k[1] + r2 * (k[2] + r2 * k[3]));
  return {cx + m * (f * dx + t[0] * 2 * dx * dy + t[1] * (r2 + 2 * dx * dx)),
          cy + m * (f * dy + t[1] * 2 * dx * dy + t[0] * (r2 + 2 * dy * dy))};
}

TEST(OpcodeGeometry, LensCorrectionsStayWhereTheyAre) {
  WarpRectilinear warp{{{{1.01, 0.1, -0.02, 0.003}, {1e-3, -2e-3}}}, 0.45, 0.52};
  FixVignetteRadial vignette{{0.5, 0.2, 0.1, 0.05, 0.02}, 0.45, 0.52};
  DngOpcodes file;
  file.demosaiced = {{1, kVersion, 0, warp}, {3, kVersion, 0, vignette}};
  const DngOpcodes moved = in_frame(file, {{66, 50}, {3, 1, 60, 46}, {4, 2, 59, 45}});
  const auto& there = std::get<WarpRectilinear>(moved.demosaiced[0].parameters);
  const auto before = warped(warp, 50, 7, {60, 46}), after = warped(there, 49, 6, {59, 45});
  EXPECT_NEAR(after[0], before[0] - 1, 1e-9);
  EXPECT_NEAR(after[1], before[1] - 1, 1e-9);
  const auto gain = [](const FixVignetteRadial& v, double x, double y, Size size) {
    const double cx = v.center_x * size.width, cy = v.center_y * size.height;
    const double r2 = (std::pow(x - cx, 2) + std::pow(y - cy, 2)) /
                      (std::pow(std::max(cx, size.width - cx), 2) + std::pow(std::max(cy, size.height - cy), 2));
    return 1 + r2 * (v.k[0] + r2 * (v.k[1] + r2 * (v.k[2] + r2 * (v.k[3] + r2 * v.k[4]))));
  };
  const auto& dark = std::get<FixVignetteRadial>(moved.demosaiced[1].parameters);
  EXPECT_NEAR(gain(dark, 49, 6, {59, 45}), gain(vignette, 50, 7, {60, 46}), 1e-9);
}

TEST(OpcodeGeometry, TheFilesOwnAreaChangesNothing) {
  const DngOpcodes file{parse_opcode_list(all_kinds()), parse_opcode_list(all_kinds()), parse_opcode_list(all_kinds())};
  EXPECT_EQ(in_frame(file, {{64, 48}, {0, 0, 64, 48}, {0, 0, 64, 48}}), file);
}

}  // namespace
}  // namespace argent
