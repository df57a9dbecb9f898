#include "isp/io/dng_writer.h"

#include <gtest/gtest.h>
#include <tiffio.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "isp/io/raw_file.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class DngWriter : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path file(const char* name) const { return folder_ / name; }

 private:
  fs::path folder_ = fs::temp_directory_path() / ("argent-dng-writer-" + std::to_string(::getpid()));
};

/// Codes that depend on nothing but the position, in rows with padding behind them.
RawFrame some_frame(CfaPattern cfa, int bits, Size size = {38, 26}) {
  const std::ptrdiff_t stride = size.width * samples_per_pixel(cfa) + 6;
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(stride * size.height));
  for (std::size_t i = 0; i < codes->size(); i++) (*codes)[i] = static_cast<std::uint16_t>((i * 2654435761U >> 7) % (1U << bits));
  RawFrame frame;
  frame.data = codes->data();
  frame.stride = stride;
  frame.lease = codes;
  frame.sensor.make = "Argent";
  frame.sensor.model = "test";
  frame.sensor.active = size;
  frame.sensor.cfa = cfa;
  frame.sensor.bits = bits;
  const auto most = static_cast<float>((1 << bits) - 1);
  frame.sensor.white.fill(most);
  frame.sensor.black.fill(most / 16 > 4 ? 64.25f : 4);
  frame.sensor.matrices = {{2856, {0.9f, -0.2f, -0.1f, -0.4f, 1.3f, 0.1f, -0.05f, 0.2f, 0.5f}},
                           {6504, {0.8f, -0.3f, -0.1f, -0.45f, 1.25f, 0.2f, -0.1f, 0.25f, 0.6f}}};
  frame.sensor.noise = {2e-4f, 3e-6f};
  frame.applied.settings = {Microseconds(12500), 3.5f, 4};
  frame.applied.f_number = 1.8f;
  frame.capture.focal_length = 4.7f;
  frame.capture.time = "2026:02:28 12:34:56";
  return frame;
}

void expect_equal_codes(const RawFrame& a, const RawFrame& b) {
  ASSERT_EQ(a.size(), b.size());
  const int samples = a.size().width * samples_per_pixel(a.sensor.cfa);
  int different = 0;
  for (int y = 0; y < a.size().height; y++) {
    for (int x = 0; x < samples; x++) different += a.data[y * a.stride + x] != b.data[y * b.stride + x];
  }
  EXPECT_EQ(different, 0);
}

TEST_F(DngWriter, AllKindsOfMosaicsComeBackEqual) {
  int number = 0;
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr, CfaPattern::kMonochrome}) {
    for (const int bits : {8, 10, 12, 16}) {
      const RawFrame frame = some_frame(cfa, bits);
      const fs::path path = file(("f" + std::to_string(number++) + ".dng").c_str());
      save_dng(frame, path);
      const RawFrame back = load_raw(path);
      SCOPED_TRACE(path.string() + " bits " + std::to_string(bits));
      EXPECT_EQ(back.sensor.cfa, cfa);
      EXPECT_EQ(back.sensor.bits, bits);
      EXPECT_EQ(back.sensor.white, frame.sensor.white);
      for (std::size_t site = 0; site < 4; site++) EXPECT_NEAR(back.sensor.black[site], frame.sensor.black[site], 1e-4);
      expect_equal_codes(frame, back);
    }
  }
}

TEST_F(DngWriter, PackedFramesAreUnpacked) {
  // CSI-2 RAW10: 4 pixels in 5 bytes, four high bytes, then their low bits, the first pixel's lowest.
  constexpr int kWidth = 40, kHeight = 26, kStride = 53;
  auto bytes = std::make_shared<std::vector<std::uint8_t>>(kStride * kHeight);
  for (std::size_t i = 0; i < bytes->size(); i++) (*bytes)[i] = static_cast<std::uint8_t>(17 * i + 3);
  RawFrame frame = some_frame(CfaPattern::kRggb, 10, {kWidth, kHeight});
  frame.data = nullptr;
  frame.stride = 0;
  frame.lease = bytes;
  frame.packed = PackedCodes{PackedFormat::kRaw10, bytes->data(), kStride};
  save_dng(frame, file("a.dng"));
  const RawFrame back = load_raw(file("a.dng"));
  for (int y = 0; y < kHeight; y++) {
    for (int x = 0; x < kWidth; x++) {
      const std::uint8_t* group = bytes->data() + y * kStride + x / 4 * 5;
      EXPECT_EQ(back.data[y * back.stride + x], group[x % 4] << 2 | (group[4] >> (2 * (x % 4)) & 3)) << x << ' ' << y;
    }
  }
}

TEST_F(DngWriter, BlackLevelsKeepTheirSites) {
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    RawFrame frame = some_frame(cfa, 12);
    frame.sensor.black = {60.5f, 61, 62, 63.25f};
    const fs::path path = file(("b" + std::to_string(static_cast<int>(cfa)) + ".dng").c_str());
    save_dng(frame, path);
    const RawFrame back = load_raw(path);
    for (std::size_t site = 0; site < 4; site++) EXPECT_NEAR(back.sensor.black[site], frame.sensor.black[site], 1e-4) << int(cfa);
  }
}

TEST_F(DngWriter, SaysWhatIsKnownOfTheCapture) {
  RawFrame frame = some_frame(CfaPattern::kGrbg, 10);
  frame.capture.orientation = Orientation::kRotated90;
  frame.capture.crop = {2, 4, 30, 20};
  save_dng(frame, file("a.dng"), {.as_shot_gains = Vec3{1.75f, 1, 1.5f}, .baseline_exposure = 0.5f});
  const RawFrame back = load_raw(file("a.dng"));
  EXPECT_EQ(back.sensor.make, "Argent");
  EXPECT_EQ(back.sensor.model, "test");
  ASSERT_EQ(back.sensor.matrices.size(), 2U);
  for (std::size_t m = 0; m < 2; m++) {
    EXPECT_EQ(back.sensor.matrices[m].cct, frame.sensor.matrices[m].cct);
    for (std::size_t i = 0; i < 9; i++)
      EXPECT_NEAR(back.sensor.matrices[m].xyz_to_camera[i], frame.sensor.matrices[m].xyz_to_camera[i], 1e-5);
  }
  ASSERT_TRUE(back.capture.as_shot_gains);
  EXPECT_NEAR((*back.capture.as_shot_gains)[0], 1.75, 1e-4);
  EXPECT_NEAR((*back.capture.as_shot_gains)[2], 1.5, 1e-4);
  EXPECT_NEAR(back.capture.baseline_exposure.value_or(-9), 0.5, 1e-5);
  EXPECT_EQ(back.capture.orientation, Orientation::kRotated90);
  EXPECT_EQ(back.capture.crop, frame.capture.crop);
  EXPECT_NEAR(back.capture.focal_length, 4.7, 1e-3);
  EXPECT_EQ(back.capture.time, frame.capture.time);
  EXPECT_NEAR(back.applied.settings.exposure.count(), 12500, 1);
  EXPECT_NEAR(back.applied.settings.analogue_gain, 3.5, 1e-3);
  EXPECT_NEAR(back.applied.f_number, 1.8, 1e-3);
}

TEST_F(DngWriter, NoiseAndDistanceStandInTheirTags) {
  save_dng(some_frame(CfaPattern::kRggb, 10), file("a.dng"));
  TIFF* tiff = TIFFOpen(file("a.dng").c_str(), "r");
  ASSERT_NE(tiff, nullptr);
  std::uint32_t count = 0;
  double* noise = nullptr;
  ASSERT_EQ(TIFFGetField(tiff, 51041, &count, &noise), 1);
  ASSERT_EQ(count, 2U);
  EXPECT_FLOAT_EQ(static_cast<float>(noise[0]), 2e-4f);
  EXPECT_FLOAT_EQ(static_cast<float>(noise[1]), 3e-6f);
  std::uint64_t exif = 0;
  ASSERT_EQ(TIFFGetField(tiff, TIFFTAG_EXIFIFD, &exif), 1);
  ASSERT_EQ(TIFFReadEXIFDirectory(tiff, exif), 1);
  float distance = 0;
  ASSERT_EQ(TIFFGetField(tiff, EXIFTAG_SUBJECTDISTANCE, &distance), 1);
  EXPECT_NEAR(distance, 0.25, 1e-6);  // metres: 4 dioptres
  TIFFClose(tiff);
}

TEST_F(DngWriter, ManyMatricesBecomeThoseOfLightAAndD65) {
  RawFrame frame = some_frame(CfaPattern::kRggb, 10);
  ColorMatrix middle = frame.sensor.matrices[0];
  middle.cct = 4000;
  frame.sensor.matrices.insert(frame.sensor.matrices.begin() + 1, middle);
  save_dng(frame, file("a.dng"));
  const RawFrame back = load_raw(file("a.dng"));
  ASSERT_EQ(back.sensor.matrices.size(), 2U);
  EXPECT_EQ(back.sensor.matrices[0].cct, 2856);
  EXPECT_EQ(back.sensor.matrices[1].cct, 6504);
  EXPECT_NEAR(back.sensor.matrices[1].xyz_to_camera[0], 0.8, 1e-5);
}

/// Three samples a pixel are written as LinearRaw.
TEST_F(DngWriter, ColorsOfEveryPixelComeBackEqual) {
  RawFrame frame = some_frame(CfaPattern::kRgb, 16, {64, 48});
  frame.sensor.black = {60.5f, 61, 61, 63.25f};
  save_dng(frame, file("a.dng"));
  const RawFrame back = load_raw(file("a.dng"));
  EXPECT_EQ(back.sensor.cfa, CfaPattern::kRgb);
  EXPECT_EQ(back.sensor.white, frame.sensor.white);
  for (std::size_t site = 0; site < 4; site++) EXPECT_NEAR(back.sensor.black[site], frame.sensor.black[site], 1e-4);
  expect_equal_codes(frame, back);
  TIFF* tiff = TIFFOpen(file("a.dng").c_str(), "r");
  ASSERT_NE(tiff, nullptr);
  std::uint16_t photometric = 0;
  EXPECT_EQ(TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric), 1);
  EXPECT_EQ(photometric, 34892);
  TIFFClose(tiff);
}

TEST_F(DngWriter, WithoutAMatrixThereIsNone) {
  RawFrame frame = some_frame(CfaPattern::kRggb, 10);
  frame.sensor.matrices.clear();
  save_dng(frame, file("a.dng"));
  const RawFrame back = load_raw(file("a.dng"));
  EXPECT_TRUE(back.sensor.matrices.empty());
  expect_equal_codes(frame, back);
}

TEST_F(DngWriter, AMatrixOfALightWithoutANameIsThatOfD65) {
  RawFrame frame = some_frame(CfaPattern::kRggb, 10);
  frame.sensor.matrices = {{3333, frame.sensor.matrices[0].xyz_to_camera}};
  save_dng(frame, file("a.dng"));
  const RawFrame back = load_raw(file("a.dng"));
  ASSERT_EQ(back.sensor.matrices.size(), 1U);
  EXPECT_EQ(back.sensor.matrices[0].cct, 6504);
  for (std::size_t i = 0; i < 9; i++)
    EXPECT_NEAR(back.sensor.matrices[0].xyz_to_camera[i], frame.sensor.matrices[0].xyz_to_camera[i], 1e-5);
}

/// The file is as bright in develop as the frame was, which adds the tag to what it does to any file.
TEST_F(DngWriter, BaselineExposureIsTheFramesOwnUnlessOneIsSaid) {
  RawFrame frame = some_frame(CfaPattern::kRggb, 10);
  save_dng(frame, file("none.dng"));
  EXPECT_FALSE(load_raw(file("none.dng")).capture.baseline_exposure);
  frame.capture.baseline_exposure = 0.75f;
  save_dng(frame, file("own.dng"));
  EXPECT_NEAR(load_raw(file("own.dng")).capture.baseline_exposure.value_or(-9), 0.75, 1e-5);
  save_dng(frame, file("zero.dng"), {.as_shot_gains = {}, .baseline_exposure = 0.0f});
  EXPECT_EQ(load_raw(file("zero.dng")).capture.baseline_exposure.value_or(-9), 0);
}

TEST_F(DngWriter, RefusesWhatCanNotBeWritten) {
  const RawFrame frame = some_frame(CfaPattern::kRggb, 10);
  save_dng(frame, file("a.dng"));
  EXPECT_THROW(save_dng(frame, file("a.dng")), Error);
  EXPECT_NO_THROW(save_dng(frame, file("a.dng"), {.as_shot_gains = {}, .baseline_exposure = {}, .overwrite = Overwrite::kYes}));
  EXPECT_THROW(save_dng(RawFrame(), file("b.dng")), Error);
  EXPECT_THROW(save_dng(frame, file("no/such/folder.dng")), Error);
  EXPECT_FALSE(fs::exists(file("b.dng")));
}

}  // namespace
}  // namespace argent
