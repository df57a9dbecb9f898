#include "calibration/evaluation/thumbnail.h"

#include <zlib.h>

#include <cmath>

#include "tests/calibration/thumbnail_files.h"

namespace argent {
namespace {

class Thumbnails : public ThumbnailFolder {
 protected:
  static Rgb grey(int, int) { return {20000, 40000, 10000}; }

  std::string refusal_of(const std::filesystem::path& file) const {
    return refusal([&] { read_thumbnail(file); });
  }
};

TEST_F(Thumbnails, AllThreeFormsSayTheSame) {
  std::vector<std::uint16_t> codes;
  std::vector<float> light;
  for (int i = 0; i < 12 * 16 * 3; i++) {
    codes.push_back(static_cast<std::uint16_t>(i * 100 + 1000));
    light.push_back(static_cast<float>(codes.back()) / 4096);
  }
  const auto at = [&](int x, int y) -> Rgb {
    const std::size_t i = static_cast<std::size_t>(y * 16 + x) * 3;
    return {double(codes[i]), double(codes[i + 1]), double(codes[i + 2])};
  };
  const Thumbnail a = read_thumbnail(png("a.png", 16, 12, at));
  EXPECT_EQ(a.width, 16);
  EXPECT_EQ(a.height, 12);
  EXPECT_EQ(a.rgb.back(), 1) << "scaled by its maximum";
  EXPECT_FLOAT_EQ(a.rgb[0], 1000.0f / codes.back());
  EXPECT_EQ(read_thumbnail(npy("a.npy", "<u2", "(12, 16, 3)", codes)).rgb, a.rgb);
  const Thumbnail c = read_thumbnail(npy("b.npy", "<f4", "(12, 16, 3)", light));
  for (std::size_t i = 0; i < a.rgb.size(); i++) EXPECT_NEAR(c.rgb[i], a.rgb[i], 1e-6);
}

TEST_F(Thumbnails, CodesAreTakenWhateverTheFileSaysOfGamma) {
  // A gAMA chunk of 1/2.2 behind the head of the file: readers that convert would brighten the dark half.
  const auto half = [](int x, int) -> Rgb { return x < 6 ? Rgb{10000, 10000, 10000} : Rgb{40000, 40000, 40000}; };
  std::ifstream file(png("a.png", 12, 12, half), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const std::size_t old = bytes.find("gAMA");
  ASSERT_EQ(old, std::string::npos == old ? old : 37u);
  const std::string chunk("\0\0\0\4gAMA\0\0\xb1\x8f\x0b\xfc\x61\x05", 16);
  if (old != std::string::npos) bytes.erase(old - 4, 16);
  bytes.insert(33, chunk);
  EXPECT_NEAR(read_thumbnail(write("b.png", bytes)).rgb[0], 0.25, 1e-6);
}

TEST_F(Thumbnails, PixelsAreAveragedIntoZones) {
  const auto columns = [](int x, int y) -> Rgb {
    if (y < 2 && x < 2) return {0, 0, 0};   // a masked zone
    if (y < 2 && x == 2) return {0, 0, 0};  // half of one
    return x % 2 == 0 ? Rgb{10000, 20000, 5000} : Rgb{30000, 40000, 7000};
  };
  const Statistics s = statistics_of(read_thumbnail(png("a.png", 64, 48, columns)));
  EXPECT_EQ(s.columns, 32);
  EXPECT_EQ(s.rows, 24);
  EXPECT_EQ(s.zone(0, 0).count[1], 0u);
  EXPECT_EQ(s.zone(0, 0).unclipped_count[1], 0u);
  EXPECT_EQ(s.zone(5, 5).count, (std::array<std::uint32_t, 3>{1024, 2048, 1024}));
  EXPECT_EQ(s.zone(1, 0).count[1], 1024u) << "half of it is masked";
  EXPECT_NEAR(s.zone(1, 0).mean[0] / s.zone(1, 0).mean[2], 30.0 / 7, 1e-4) << "the other half's color";
  EXPECT_NEAR(s.zone(5, 5).mean[0] / s.zone(5, 5).mean[1], 20.0 / 30, 1e-4);
  EXPECT_NEAR(s.zone(5, 5).mean[2] / s.zone(5, 5).mean[1], 6.0 / 30, 1e-4);
}

TEST_F(Thumbnails, EverySizeHasItsGrid) {
  for (const auto& [width, height, columns, rows] :
       {std::array{16, 12, 16, 12}, {32, 32, 32, 32}, {33, 12, 17, 6}, {64, 64, 32, 32}, {12, 45, 6, 23}}) {
    const Statistics s = statistics_of(read_thumbnail(png("a.png", width, height, grey)));
    EXPECT_EQ(s.columns, columns);
    EXPECT_EQ(s.rows, rows);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        EXPECT_NEAR(s.zone(column, row).mean[0] / s.zone(column, row).mean[1], .5, 1e-4);
        EXPECT_GT(s.zone(column, row).count[0], 0u) << width << "x" << height;
      }
    }
  }
}

TEST_F(Thumbnails, OnlyASharedMaximumIsClipped) {
  const auto brightest = [](int pixels) {
    // A slope, and so many pixels at the top; no two of the slope are within 0.1 % of each other there.
    return [pixels](int x, int y) -> Rgb {
      const int i = y * 32 + x;
      return i < pixels ? Rgb{30000, 65535, 30000} : Rgb{50.0 * i, 100.0 * i / 1.6, 40.0 * i};
    };
  };
  Statistics s = statistics_of(read_thumbnail(png("a.png", 32, 32, brightest(1))));
  EXPECT_EQ(s.zone(0, 0).unclipped_count[1], s.zone(0, 0).count[1]) << "the brightest thing in sight, and no more";
  EXPECT_LT(s.zone(0, 0).mean[1], .95f) << "estimators are to hear it";
  EXPECT_EQ(s.zone(0, 0).clipped, 0);
  s = statistics_of(read_thumbnail(png("a.png", 32, 32, brightest(3))));
  for (int i = 0; i < 4; i++) {
    EXPECT_EQ(s.zone(i, 0).unclipped_count[1], i < 3 ? 0u : s.zone(i, 0).count[1]);
    EXPECT_EQ(s.zone(i, 0).clipped, i < 3 ? 1 : 0);
  }
  EXPECT_NEAR(s.zone(0, 0).mean[1], 1, 1e-6) << "then the maximum is saturation";
}

TEST_F(Thumbnails, ABrightSlopeIsNotClipped) {
  // A sky: a quarter of the pixels within 1 % of the maximum, a few within 0.1 %, and no pile.
  const auto sky = [](int x, int y) -> Rgb {
    const int i = y * 32 + x;
    return i < 256 ? Rgb{30000, 30000, 65535 - 655.0 * i / 256} : Rgb{10000, 20000, 10000};
  };
  const Statistics s = statistics_of(read_thumbnail(png("a.png", 32, 32, sky)));
  for (int i = 0; i < 32; i++) EXPECT_EQ(s.zone(i, 0).unclipped_count[2], 1024u);
  EXPECT_LT(s.zone(0, 0).mean[2], .95f);
}

TEST_F(Thumbnails, OtherFormsAreRefused) {
  EXPECT_EQ(refusal_of(png("a.png", 12, 12, grey)), "");
  EXPECT_NE(refusal_of(png("a.png", 65, 12, grey)).find("a.png: expected a 16-bit RGB picture of 12x12 to 64x64 pixels, found 65x12"),
            std::string::npos);
  EXPECT_NE(refusal_of(png("a.png", 12, 11, grey)).find("found 12x11"), std::string::npos);
  EXPECT_NE(refusal_of(png("a.png", 12, 12, grey, false)).find("of 8 bits"), std::string::npos);
  EXPECT_NE(refusal_of(png("a.png", 12, 12, [](int, int) -> Rgb { return {0, 0, 0}; })).find("every pixel is masked"), std::string::npos);
  EXPECT_NE(refusal_of(write("a.jpg", "x")).find("expected a .png or a .npy"), std::string::npos);
  EXPECT_NE(refusal_of(write("a.png", "x")), "");
  EXPECT_NE(refusal_of(folder_ / "none.png").find("no such file"), std::string::npos);
  std::filesystem::create_directory(folder_ / "folder.png");
  EXPECT_NE(refusal_of(folder_ / "folder.png").find("no such file"), std::string::npos);
}

TEST_F(Thumbnails, LyingPicturesTakeNoMemory) {
  std::ifstream file(png("a.png", 12, 12, [](int x, int y) -> Rgb { return {x * 1000.0 + 1, y * 1000.0 + 1, 100}; }), std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(file)), {});
  std::string huge = good;
  huge.replace(16, 8, std::string("\0\0\xff\xff\0\0\xff\xff", 8));
  png_uint_32 sum = static_cast<png_uint_32>(crc32(0, reinterpret_cast<const unsigned char*>(huge.data()) + 12, 17));
  for (int i = 0; i < 4; i++) huge[29 + i] = static_cast<char>(sum >> (24 - 8 * i));
  EXPECT_NE(refusal_of(write("huge.png", huge)).find("found 65535x65535"), std::string::npos);
  for (std::size_t bytes = 0; bytes + 16 < good.size(); bytes++) {
    EXPECT_NE(refusal_of(write("cut.png", good.substr(0, bytes))), "") << bytes;
  }
}

TEST_F(Thumbnails, ArraysAreCheckedToo) {
  std::vector<float> light(12 * 12 * 3, .5f);
  const auto told = [&](const std::string& type, const std::string& shape) { return refusal_of(npy("a.npy", type, shape, light)); };
  EXPECT_EQ(told("<f4", "(12, 12, 3)"), "");
  for (const char* shape : {"(3, 12, 12)", "(12, 36)", "(144, 3)", "(6, 24, 3)", "(4, 12, 9)"}) {
    EXPECT_NE(told("<f4", shape).find("expected u16 or f32 of 12x12x3 to 64x64x3"), std::string::npos) << shape;
  }
  EXPECT_NE(told("<f8", "(6, 12, 3)").find("expected u16 or f32"), std::string::npos);
  EXPECT_NE(told("<f4", "(65535, 65535, 3)"), "");
  light[7] = NAN;
  EXPECT_NE(told("<f4", "(12, 12, 3)").find("holds nan"), std::string::npos);
  light[7] = INFINITY;
  EXPECT_NE(told("<f4", "(12, 12, 3)").find("holds inf"), std::string::npos);
  light[7] = -.2f;
  EXPECT_NE(told("<f4", "(12, 12, 3)").find("no light below black"), std::string::npos);
  light[7] = -.005f;
  EXPECT_EQ(told("<f4", "(12, 12, 3)"), "") << "noise";
  light.resize(400'000);
  EXPECT_NE(told("<f4", "(12, 12, 3)").find("too many for a thumbnail"), std::string::npos);
}

}  // namespace
}  // namespace argent
