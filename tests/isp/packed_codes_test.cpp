#include "isp/packed_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "isp/pipeline.h"
#include "models/runtime/error.h"
#include "tests/reference/frames.h"
#include "tests/reference/packed.h"
#include "tests/reference/targets.h"

namespace argent {
namespace {

using reference::Content;
using reference::kAllFormats;
using reference::make_frame;
using reference::Pair;
using reference::runnable_targets;
using reference::same_bytes;

constexpr std::array kMosaics{CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr, CfaPattern::kMonochrome};

/// Counts are equal. A compiler may fuse other multiply-adds of the packed kernel, or (Halide 19's) sum in another order: the last bit of a
/// mean.
void expect_same_statistics(const Statistics& a, const Statistics& b, CpuTarget cpu) {
  const auto near = [](float x, float y) { return std::abs(x - y) <= 2e-6f * (std::abs(x) + 0.1f); };
  for (std::size_t i = 0; i < a.zones.size(); i++) {
    const Statistics::Zone &x = a.zones[i], &y = b.zones[i];
    EXPECT_EQ(x.count, y.count);
    EXPECT_EQ(x.unclipped_count, y.unclipped_count);
    EXPECT_EQ(x.clipped, y.clipped);
    EXPECT_EQ(x.dark, y.dark);
    for (std::size_t c = 0; c < 3; c++) EXPECT_TRUE(near(x.mean[c], y.mean[c]) && near(x.unclipped[c], y.unclipped[c])) << "zone " << i;
    for (std::size_t c = 0; c < 2; c++) EXPECT_NEAR(x.focus[c], y.focus[c], 1e-5f * (x.focus[c] + 1)) << "zone " << i;
  }
  long long moved = 0;  // a value on a bin's edge
  for (std::size_t i = 0; i < a.luma.size(); i++) {
    moved += std::abs(static_cast<long long>(a.luma[i]) - b.luma[i]);
    for (std::size_t c = 0; c < 3; c++) moved += std::abs(static_cast<long long>(a.channels[c][i]) - b.channels[c][i]);
  }
  EXPECT_LE(moved, cpu == CpuTarget::kBaseline ? 0 : 8);
  for (std::size_t i = 0; i < a.row_means.size(); i++) EXPECT_TRUE(near(a.row_means[i], b.row_means[i])) << "band " << i;
}

Controls some_controls() {
  Controls controls;
  controls.colour_gains = {2.1f, 1, 1.45f};
  controls.colour_temperature = 5000;
  return controls;
}

/// Every verb and form makes of the packed frame what it makes of the same codes in 16 bits: pictures to the bit.
void expect_same(const Pair& pair, CpuTarget cpu) {
  PipelineParams params;
  params.shading = {reference::make_mesh()};
  params.statistics.columns = 7;
  params.statistics.rows = 5;
  const Controls controls = some_controls();
  {
    const Pipeline pipeline(params, cpu);
    const auto expected = std::make_unique<Statistics>(pipeline.measure(pair.words, controls));
    const auto found = std::make_unique<Statistics>(pipeline.measure(pair.packed, controls));
    expect_same_statistics(*expected, *found, cpu);
  }
  for (PixelType type : {PixelType::kU8, PixelType::kU16}) {
    for (const auto& [scale, demosaic] :
         {std::pair(1.0f, "fast"), std::pair(0.7f, "fast"), std::pair(1.0f, "best"), std::pair(0.7f, "best")}) {
      params.output.type = type;
      params.output.scale = scale;
      params.demosaic.method = demosaic;
      const Pipeline pipeline(params, cpu);
      EXPECT_TRUE(same_bytes(pipeline.render(pair.words, controls), pipeline.render(pair.packed, controls)))
          << (type == PixelType::kU8 ? "8" : "16") << " bits, scale " << scale << ", " << demosaic;
    }
  }
}

TEST(PackedCodes, RowsUnpackAsTheirTwinReadsThem) {
  EXPECT_EQ(packed_row_bytes(PackedFormat::kRaw8, 5), 5u);
  EXPECT_EQ(packed_row_bytes(PackedFormat::kRaw10, 5), 10u);
  EXPECT_EQ(packed_row_bytes(PackedFormat::kRaw12, 5), 9u);
  EXPECT_EQ(packed_row_bytes(PackedFormat::kRaw14, 5), 14u);
  EXPECT_EQ(packed_format_of(14), PackedFormat::kRaw14);
  EXPECT_EQ(packed_format_of(16), std::nullopt);
  std::mt19937 random(7);
  for (PackedFormat format : kAllFormats) {
    for (int width : {1, 2, 3, 4, 5, 15, 16, 17, 131}) {
      const auto bytes = reference::guarded(packed_row_bytes(format, width));
      for (std::size_t i = 0; i < packed_row_bytes(format, width); i++) bytes.get()[i] = static_cast<std::uint8_t>(random());
      std::vector<std::uint16_t> codes(static_cast<std::size_t>(width));
      unpack_row(format, bytes.get(), width, codes.data());
      for (int x = 0; x < width; x++) {
        ASSERT_EQ(codes[static_cast<std::size_t>(x)], reference::packed_code(format, bytes.get(), x))
            << bits_of(format) << " bits, " << x << " of " << width;
      }
    }
  }
}

TEST(PackedCodes, PackedIsWhatItsTwinPacks) {
  BufferPool pool;
  for (PackedFormat format : kAllFormats) {
    for (int width : {1, 2, 3, 4, 5, 7, 64, 65}) {
      const Pair pair = reference::pack(make_frame(CfaPattern::kGrbg, {width, 3}, Content::kTexture), format, 0);
      const RawFrame made = packed(pair.words, pool);
      ASSERT_TRUE(made.packed && made.packed->format == format);
      std::vector<std::uint16_t> codes(static_cast<std::size_t>(width));
      for (int y = 0; y < 3; y++) {
        const std::uint8_t* row = made.packed->bytes + y * made.packed->stride;
        for (int x = 0; x < width; x++) {
          ASSERT_EQ(reference::packed_code(format, row, x), pair.words.data[y * pair.words.stride + x]) << bits_of(format) << ", " << x;
        }
      }
    }
  }
  RawFrame wide = make_frame(CfaPattern::kGrbg, {4, 4}, Content::kTexture);
  wide.sensor.bits = 16;
  EXPECT_THROW(packed(wide, pool), Error);
}

TEST(PackedCodes, MadeByHand) {
  std::array<std::uint16_t, 4> codes{};
  const std::array<std::uint8_t, 5> ten{0x12, 0x34, 0x56, 0x78, 0xe4};
  unpack_row(PackedFormat::kRaw10, ten.data(), 4, codes.data());
  EXPECT_EQ(codes, (std::array<std::uint16_t, 4>{0x12 << 2 | 0, 0x34 << 2 | 1, 0x56 << 2 | 2, 0x78 << 2 | 3}));
  const std::array<std::uint8_t, 6> twelve{0x12, 0x34, 0xba, 0x56, 0x78, 0xdc};
  unpack_row(PackedFormat::kRaw12, twelve.data(), 4, codes.data());
  EXPECT_EQ(codes, (std::array<std::uint16_t, 4>{0x12a, 0x34b, 0x56c, 0x78d}));
  // Low bits 0x01, 0x02, 0x03, 0x04 of six each: 000001 | 000010 << 6 | 000011 << 12 | 000100 << 18 = 0x103081
  const std::array<std::uint8_t, 7> fourteen{0x12, 0x34, 0x56, 0x78, 0x81, 0x30, 0x10};
  unpack_row(PackedFormat::kRaw14, fourteen.data(), 4, codes.data());
  EXPECT_EQ(codes, (std::array<std::uint16_t, 4>{0x12 << 6 | 1, 0x34 << 6 | 2, 0x56 << 6 | 3, 0x78 << 6 | 4}));
}

TEST(PackedCodes, EveryFormatPatternSizeAndTargetGivesTheSameBits) {
  for (CpuTarget cpu : runnable_targets()) {
    for (PackedFormat format : kAllFormats) {
      for (CfaPattern cfa : kMosaics) {
        for (Size size : reference::kOddSizes) {
          SCOPED_TRACE(testing::Message() << bits_of(format) << " bits, cfa " << static_cast<int>(cfa) << ", " << size.width << "x"
                                          << size.height << " on " << name_of(cpu));
          expect_same(reference::pack(make_frame(cfa, size), format, size.width % 2 ? 0 : 11), cpu);
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST(PackedCodes, SaturatedBlackAndLargeFramesGiveTheSameBits) {
  for (CpuTarget cpu : runnable_targets()) {
    for (PackedFormat format : kAllFormats) {
      SCOPED_TRACE(testing::Message() << bits_of(format) << " bits on " << name_of(cpu));
      for (Content content : {Content::kSaturated, Content::kBlack}) {
        expect_same(reference::pack(make_frame(CfaPattern::kGrbg, {67, 34}, content), format, 5), cpu);
      }
      expect_same(reference::pack(make_frame(CfaPattern::kBggr, {1283, 514}), format, 1), cpu);
      if (HasFailure()) return;
    }
  }
}

TEST(PackedCodes, UnpackedKeepsAllElse) {
  BufferPool pool;
  RawFrame source = make_frame(CfaPattern::kGbrg, {37, 5});
  source.applied.sequence = 9;
  for (PackedFormat format : kAllFormats) {
    const Pair pair = reference::pack(source, format, 3);
    const RawFrame found = unpacked(pair.packed, pool);
    EXPECT_FALSE(found.packed);
    EXPECT_EQ(found.applied, source.applied);
    EXPECT_EQ(found.sensor.bits, bits_of(format));
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 37; x++) ASSERT_EQ(found.data[y * found.stride + x], pair.words.data[y * pair.words.stride + x]) << x << " " << y;
    }
  }
  const RawFrame same = unpacked(source, pool);
  EXPECT_EQ(same.data, source.data);
}

TEST(PackedCodes, CopiedFramesKeepAllButTheirMemory) {
  BufferPool pool;
  for (const CfaPattern cfa : {CfaPattern::kGbrg, CfaPattern::kRgb}) {
    RawFrame words = make_frame(cfa, {37, 5});
    words.applied.sequence = 9;
    words.capture.time = "2026:01:01 00:00:00";
    const RawFrame found = copied(words, pool);
    EXPECT_NE(found.lease, words.lease);
    EXPECT_EQ(found.applied, words.applied);
    EXPECT_EQ(found.capture.time, words.capture.time);
    const int samples = 37 * samples_per_pixel(cfa);
    for (int y = 0; y < 5; y++) {
      EXPECT_TRUE(std::equal(found.data + y * found.stride, found.data + y * found.stride + samples, words.data + y * words.stride)) << y;
    }
  }
  for (PackedFormat format : kAllFormats) {
    const Pair pair = reference::pack(make_frame(CfaPattern::kGbrg, {37, 5}), format, 3);
    const RawFrame found = copied(pair.packed, pool);
    ASSERT_TRUE(found.packed);
    EXPECT_EQ(found.packed->format, format);
    for (int y = 0; y < 5; y++) {
      const auto row = static_cast<std::ptrdiff_t>(packed_row_bytes(format, 37));
      const std::uint8_t *a = found.packed->bytes + y * found.packed->stride,
                         *b = pair.packed.packed->bytes + y * pair.packed.packed->stride;
      EXPECT_TRUE(std::equal(a, a + row, b)) << bits_of(format) << " bits, row " << y;
    }
  }
  EXPECT_THROW(copied(RawFrame(), pool), Error);
}

TEST(PackedCodes, RefusesWhatContradictsItself) {
  const auto error_of = [](const RawFrame& frame) -> std::string {
    try {
      (void)Pipeline({}).measure(frame);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  Pair pair = reference::pack(make_frame(CfaPattern::kRggb, {37, 5}), PackedFormat::kRaw10, 0);
  pair.packed.packed->stride = 49;
  EXPECT_EQ(error_of(pair.packed), "frame has a stride of 49 bytes, its rows of 37 pixels have 50");
  pair.packed.packed->stride = 50;
  EXPECT_EQ(error_of(pair.packed), "");
  pair.packed.sensor.bits = 12;
  EXPECT_EQ(error_of(pair.packed), "frame has packed codes of 10 bits, its sensor has 12");
  pair.packed.sensor.bits = 10;
  pair.packed.sensor.cfa = CfaPattern::kRgb;
  EXPECT_EQ(error_of(pair.packed), "frame has packed codes and three samples a pixel");
  pair.packed.packed->bytes = nullptr;
  EXPECT_EQ(error_of(pair.packed), "frame has no pixels");
  RawFrame frame = make_frame(CfaPattern::kRggb, {4, 2});
  frame.stride = std::ptrdiff_t{1} << 32 | 4;
  EXPECT_EQ(error_of(frame), "frame has a stride of 4294967300, which does not fit 32 bits");
}

/// 100 million rows times a row of zones does not fit an int: without the limit the kernel reads where no codes are.
TEST(PackedCodes, SidesHaveALimit) {
  for (const Size size : {Size{1, 100'000'000}, Size{100'000'000, 1}, Size{1, kMaxSide + 1}, Size{kMaxSide + 1, 1}}) {
    RawFrame frame = make_frame(CfaPattern::kMonochrome, {1, 1});
    frame.sensor.active = size;
    frame.stride = size.width;
    const auto expect_refused = [&](const auto& use) {
      try {
        use();
        ADD_FAILURE() << to_text(size) << " was taken";
      } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()), "frame of " + to_text(size) + " pixels, expected sides of at most 65535");
      }
    };
    BufferPool pool;
    expect_refused([&] { check_pixels(frame); });
    expect_refused([&] { (void)unpacked(frame, pool); });
    expect_refused([&] { (void)Pipeline({}).measure(frame); });
    expect_refused([&] { (void)Pipeline({}).render(frame, {}); });
  }
  for (const Size size : {Size{1, kMaxSide}, Size{kMaxSide, 2}}) {
    const Statistics all = Pipeline({}).measure(make_frame(CfaPattern::kMonochrome, size));
    std::uint64_t pixels = 0;
    for (int row = 0; row < all.rows; row++) {
      for (int column = 0; column < all.columns; column++) pixels += all.zone(column, row).count[0];
    }
    EXPECT_EQ(pixels, std::uint64_t(size.width) * std::uint64_t(size.height));
  }
}

}  // namespace
}  // namespace argent
