#include "isp/io/dng_writer.h"

#include <gtest/gtest.h>
#include <tiffio.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "isp/io/opcode_lists.h"
#include "isp/io/raw_file.h"
#include "models/runtime/error.h"
#include "tests/isp/dng_fixture.h"

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

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
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
    for (const int bits : {8, 10, 12, 16, -8, -12, -16}) {
      const DngCompression compression = bits > 0 ? DngCompression::kLossless : DngCompression::kNone;
      const RawFrame frame = some_frame(cfa, std::abs(bits));
      const fs::path path = file(("f" + std::to_string(number++) + ".dng").c_str());
      save_dng(frame, path, {.compression = compression});
      const RawFrame back = load_raw(path);
      SCOPED_TRACE(path.string() + " bits " + std::to_string(bits));
      EXPECT_EQ(back.sensor.cfa, cfa);
      EXPECT_EQ(back.sensor.bits, std::abs(bits));
      EXPECT_EQ(back.sensor.white, frame.sensor.white);
      for (std::size_t site = 0; site < 4; site++) EXPECT_NEAR(back.sensor.black[site], frame.sensor.black[site], 1e-4);
      expect_equal_codes(frame, back);
    }
  }
}

/// One strip, one tile and several, with and without a last part of one.
TEST_F(DngWriter, AllSizesComeBackEqual) {
  int number = 0;
  for (const CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kBggr, CfaPattern::kMonochrome, CfaPattern::kRgb}) {
    for (const Size size : {Size{22, 23}, Size{39, 27}, Size{512, 40}, Size{514, 512}, Size{513, 514}, Size{40, 1030}, Size{22, 700},
                            Size{960, 640}, Size{1024, 50}, Size{32, 600}, Size{1031, 601}}) {
      const RawFrame frame = some_frame(cfa, number % 3 == 0 ? 8 : 14, size);
      const fs::path path = file(("s" + std::to_string(number++) + ".dng").c_str());
      SCOPED_TRACE(path.string() + " " + to_text(size) + " cfa " + std::to_string(static_cast<int>(cfa)));
      save_dng(frame, path);
      expect_equal_codes(frame, load_raw(path));
    }
  }
}

/// A white level of 8 bits says nothing about what codes there are.
TEST_F(DngWriter, CodesBeyondTheWhiteLevelAreKept) {
  for (const DngCompression compression : {DngCompression::kNone, DngCompression::kLossless}) {
    RawFrame frame = some_frame(CfaPattern::kRggb, 12);
    frame.sensor.bits = 8;
    frame.sensor.white.fill(255);
    frame.sensor.black.fill(4);
    save_dng(frame, file("a.dng"), {.overwrite = Overwrite::kYes, .compression = compression});
    expect_equal_codes(frame, load_raw(file("a.dng")));
  }
}

TEST_F(DngWriter, SameFrameSameBytes) {
  const RawFrame frame = some_frame(CfaPattern::kGrbg, 12, {700, 300});
  save_dng(frame, file("a.dng"));
  save_dng(frame, file("b.dng"));
  EXPECT_EQ(bytes_of(file("a.dng")), bytes_of(file("b.dng")));
}

/// IFD 0 is then the preview's, and the codes stand in a SubIFD.
TEST_F(DngWriter, APreviewStandsInFront) {
  BufferPool pool;
  Image picture(pool, {96, 64}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < picture.height(); y++) {
    for (int i = 0; i < 3 * picture.width(); i++) picture.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>(i % 3 == 0 ? 200 : 40);
  }
  const RawFrame frame = some_frame(CfaPattern::kGbrg, 12, {600, 400});
  save_dng(frame, file("a.dng"), {.preview = &picture});
  const RawFrame back = load_raw(file("a.dng"));
  expect_equal_codes(frame, back);
  EXPECT_TRUE(back.capture.warnings.empty());
  EXPECT_EQ(back.sensor.matrices.size(), 2U);
  TIFF* tiff = TIFFOpen(file("a.dng").c_str(), "r");
  ASSERT_NE(tiff, nullptr);
  std::uint32_t width = 0, kind = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind);
  EXPECT_EQ(width, 96U);
  EXPECT_EQ(kind, 1U);
  std::vector<std::uint32_t> pixels(96 * 64);
  ASSERT_EQ(TIFFReadRGBAImage(tiff, 96, 64, pixels.data(), 1), 1);
  EXPECT_NEAR(TIFFGetR(pixels[2000]), 200, 4);
  EXPECT_NEAR(TIFFGetG(pixels[2000]), 40, 4);
  TIFFClose(tiff);
}

TEST_F(DngWriter, ForwardMatricesTakeWhiteToD50) {
  save_dng(some_frame(CfaPattern::kRggb, 12), file("a.dng"));
  const RawFrame back = load_raw(file("a.dng"));
  for (const DngIlluminant& light : back.dng_profile->illuminants) {
    ASSERT_TRUE(light.forward);
    const Vec3 white = multiply(*light.forward, Vec3{1, 1, 1});
    EXPECT_NEAR(white[0], 0.9642, 1e-5);
    EXPECT_NEAR(white[1], 1, 1e-5);
    EXPECT_NEAR(white[2], 0.8249, 1e-5);
  }
}

/// A lens's falloff: one map for each site of the mosaic, in the place of those that the frame brought along.
TEST_F(DngWriter, ShadingBecomesGainMaps) {
  ShadingMesh mesh{.cct = 5000, .columns = 3, .rows = 2, .gains = {}};
  for (std::size_t c = 0; c < 3; c++) mesh.gains[c] = {1, 1, 1.5f, 1 + 0.25f * float(c), 2, 2};
  RawFrame frame = some_frame(CfaPattern::kGrbg, 12);
  DngOpcodes own;
  own.linear = {{9, 0x01030000, 0, OpcodeGainMap{{0, 0, 26, 38}, 1, 1, 1, 1, 1, 0, 0, {3}}}, {3, 0x01030000, 1, FixVignetteRadial{}}};
  frame.opcodes = std::make_shared<const DngOpcodes>(own);
  save_dng(frame, file("a.dng"), {.shading = {mesh}});
  const RawFrame back = load_raw(file("a.dng"));
  ASSERT_TRUE(back.opcodes);
  ASSERT_EQ(back.opcodes->linear.size(), 5U);
  EXPECT_TRUE(std::holds_alternative<FixVignetteRadial>(back.opcodes->linear[0].parameters));
  const auto& second = std::get<OpcodeGainMap>(back.opcodes->linear[2].parameters);  // at (1, 0): red
  EXPECT_EQ(second.area, (OpcodeArea{0, 1, 26, 38, 0, 1, 2, 2}));
  EXPECT_EQ(second.gains, mesh.gains[0]);
  EXPECT_EQ(second.spacing_x, 0.5);
  EXPECT_EQ(second.spacing_y, 1);
  EXPECT_EQ(std::get<OpcodeGainMap>(back.opcodes->linear[3].parameters).gains, mesh.gains[2]);  // at (0, 1): blue
}

/// What a DNG said stays said: opcodes, factors of the matrices, tables, noise of each plane.
TEST_F(DngWriter, ADngFromADngKeepsWhatItSaid) {
  DngFixture fixture;
  fixture.analog_balance = Vec3{1.1f, 1, 0.9f};
  fixture.fractions = {
      {50964, {0.6, 0.3, 0.0642, 0.3, 0.65, 0.05, 0.02, 0.1, 0.7049}}, {50723, {1.01, 0.01, 0, 0, 1, 0, 0, 0, 0.98}}, {51109, {-0.5}}};
  fixture.longs = {{50937, {2, 2, 1}}, {51107, {1}}};
  fixture.floats = {{50938, {0, 1, 1, 5, 1.1f, 1, 0, 1, 1, -5, 0.9f, 1}}, {50940, {0, 0, 0.5f, 0.6f, 1, 1}}};
  fixture.doubles = {{51041, {1e-4, 1e-6, 2e-4, 2e-6, 3e-4, 3e-6}}};
  const std::vector<DngOpcode> list{{7, 0x01030000, 1, UnknownOpcode{{1, 2}}},
                                    {3, 0x01030000, 1, FixVignetteRadial{{1, 2, 3, 4, 5}, 0.4, 0.6}}};
  fixture.opaque = {{51022, opcode_list_bytes(list)}};
  write_dng(fixture, file("a.dng"));
  const RawFrame frame = load_raw(file("a.dng"));
  save_dng(frame, file("b.dng"));
  const RawFrame back = load_raw(file("b.dng"));
  expect_equal_codes(frame, back);
  EXPECT_EQ(*back.opcodes, *frame.opcodes);
  EXPECT_EQ(*back.dng_profile, *frame.dng_profile);
  EXPECT_EQ(back.sensor.noise, frame.sensor.noise);
  EXPECT_EQ(back.sensor.black, frame.sensor.black);
  EXPECT_EQ(back.capture.as_shot_gains, frame.capture.as_shot_gains);
  EXPECT_EQ(back.capture.baseline_exposure, frame.capture.baseline_exposure);
}

/// Other matrices than the file's: its factors and tables mean nothing any more.
TEST_F(DngWriter, MatricesOfAProfileReplaceTheFiles) {
  DngFixture fixture;
  fixture.analog_balance = Vec3{1.1f, 1, 0.9f};
  write_dng(fixture, file("a.dng"));
  RawFrame frame = load_raw(file("a.dng"));
  frame.sensor.matrices[0].xyz_to_camera[0] = 1.25f;
  save_dng(frame, file("b.dng"));
  const RawFrame back = load_raw(file("b.dng"));
  EXPECT_FALSE(back.dng_profile->analog_balance);
  EXPECT_EQ(back.sensor.matrices[0].xyz_to_camera, frame.sensor.matrices[0].xyz_to_camera);
}

TEST_F(DngWriter, ExifIsCarriedOver) {
  TIFF* tiff = TIFFOpen(file("source.tif").c_str(), "w");
  ASSERT_NE(tiff, nullptr);
  ASSERT_EQ(TIFFCreateEXIFDirectory(tiff), 0);
  TIFFSetField(tiff, EXIFTAG_EXPOSURETIME, 0.5);
  const std::uint16_t flash = 16;
  TIFFSetField(tiff, EXIFTAG_FLASH, flash);
  TIFFSetField(tiff, EXIFTAG_PIXELXDIMENSION, 1234U);
  std::uint64_t exif = 0;
  ASSERT_EQ(TIFFWriteCustomDirectory(tiff, &exif), 1);
  TIFFFreeDirectory(tiff);
  TIFFCreateDirectory(tiff);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 1);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1);
  TIFFSetField(tiff, TIFFTAG_COPYRIGHT, "somebody");
  TIFFSetField(tiff, TIFFTAG_EXIFIFD, exif);
  TIFFClose(tiff);
  save_dng(some_frame(CfaPattern::kRggb, 10), file("a.dng"), {.exif_from = file("source.tif")});
  tiff = TIFFOpen(file("a.dng").c_str(), "r");
  ASSERT_NE(tiff, nullptr);
  const char* copyright = nullptr;
  ASSERT_EQ(TIFFGetField(tiff, TIFFTAG_COPYRIGHT, &copyright), 1);
  EXPECT_STREQ(copyright, "somebody");
  ASSERT_EQ(TIFFGetField(tiff, TIFFTAG_EXIFIFD, &exif), 1);
  ASSERT_EQ(TIFFReadEXIFDirectory(tiff, exif), 1);
  std::uint16_t value = 0;
  ASSERT_EQ(TIFFGetField(tiff, EXIFTAG_FLASH, &value), 1);
  EXPECT_EQ(value, 16);
  std::uint32_t width = 0;
  EXPECT_EQ(TIFFGetField(tiff, EXIFTAG_PIXELXDIMENSION, &width), 0);  // the old file's size
  TIFFClose(tiff);
  EXPECT_NEAR(load_raw(file("a.dng")).applied.settings.exposure.count(), 500'000, 1);
  EXPECT_NO_THROW(save_dng(some_frame(CfaPattern::kRggb, 10), file("b.dng"), {.exif_from = file("no.such.file")}));
}

TEST_F(DngWriter, ACr2BecomesADngOfTheSameCodes) {
  const char* sample = std::getenv("ARGENT_SAMPLE_RAW");
  const fs::path cr2 = sample != nullptr ? sample : "/usr/share/doc/rawtran/IMG_5952.CR2";
  if (!fs::exists(cr2)) GTEST_SKIP() << cr2 << " is not there";
  const RawFrame frame = load_raw(cr2);
  save_dng(frame, file("a.dng"), {.exif_from = cr2});
  const RawFrame back = load_raw(file("a.dng"));
  expect_equal_codes(frame, back);
  EXPECT_EQ(back.sensor.cfa, frame.sensor.cfa);
  EXPECT_EQ(back.sensor.black, frame.sensor.black);
  EXPECT_EQ(back.sensor.white, frame.sensor.white);
  EXPECT_EQ(back.sensor.model, frame.sensor.model);
  EXPECT_EQ(back.capture.crop, frame.capture.crop);
  EXPECT_EQ(back.capture.orientation, frame.capture.orientation);
  for (std::size_t c = 0; c < 3; c++) EXPECT_NEAR((*back.capture.as_shot_gains)[c], (*frame.capture.as_shot_gains)[c], 1e-6);
  EXPECT_EQ(back.capture.time, frame.capture.time);
  ASSERT_EQ(back.sensor.matrices.size(), 1U);
  EXPECT_EQ(back.sensor.matrices[0].xyz_to_camera, frame.sensor.matrices[0].xyz_to_camera);
  EXPECT_TRUE(back.capture.warnings.empty());
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
