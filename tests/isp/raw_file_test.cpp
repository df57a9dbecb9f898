#include "isp/io/raw_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "models/runtime/error.h"
#include "tests/isp/dng_fixture.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

const fs::path kCr2 = "/usr/share/doc/rawtran/IMG_5952.CR2";

fs::path data_folder() {
  const char* folder = std::getenv("ARGENT_DATA");
  return folder ? fs::path(folder) : fs::path(ARGENT_SOURCE_DIR) / "../shared/data";
}

/// A folder of this test's own, gone with it.
class RawFile : public testing::Test {
 protected:
  RawFile() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              (std::string("argent_") + info->test_suite_name() + "_" + info->name() + "_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  ~RawFile() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name, const std::string& contents) const {
    std::ofstream(folder_ / name, std::ios::binary).write(contents.data(), static_cast<std::streamsize>(contents.size()));
    return folder_ / name;
  }
  RawFrame load(const DngFixture& fixture) const {
    write_dng(fixture, folder_ / "fixture.dng");
    return load_raw(folder_ / "fixture.dng");
  }
  std::string error_of(const DngFixture& fixture) const {
    write_dng(fixture, folder_ / "fixture.dng");
    return error_of(folder_ / "fixture.dng");
  }
  static std::string error_of(const fs::path& path) {
    try {
      load_raw(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }
  fs::path folder_;
};

std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool warns(const RawFrame& frame, const std::string& part) {
  for (const std::string& warning : frame.capture.warnings) {
    if (contains(warning, part) && contains(warning, "the picture looks broken")) return true;
  }
  return false;
}

void expect_near(const Mat3& found, const Mat3& expected) {
  for (int i = 0; i < 9; i++) EXPECT_NEAR(found[i], expected[i], 1e-4) << i;
}

DngFixture linear_fixture() {
  DngFixture fixture;
  fixture.cfa = CfaPattern::kRgb;
  fixture.black_rows = fixture.black_columns = 1;
  fixture.black = {100, 200, 300};
  fixture.white = {16'000, 15'000, 14'000};
  return fixture;
}

DngFixture monochrome_fixture() {
  DngFixture fixture;
  fixture.cfa = CfaPattern::kMonochrome;
  fixture.black_rows = fixture.black_columns = 1;
  fixture.black = {64};
  fixture.matrices.clear();
  fixture.as_shot_neutral.reset();
  return fixture;
}

DngFixture xtrans_fixture(CfaPhase phase) {
  DngFixture fixture;
  fixture.cfa = CfaPattern::kXTrans;
  fixture.cfa_phase = phase;
  fixture.black_rows = fixture.black_columns = 1;
  fixture.black = {512};
  return fixture;
}

TEST_F(RawFile, WithoutMaskedPixelsTheyAreNoSource) {
  write_dng(DngFixture{}, folder_ / "fixture.dng");
  EXPECT_THROW(load_raw(folder_ / "fixture.dng", BlackSource::kMasked), Error);
}

// ---- a real file ----------------------------------------------------------------------------------------------------------------

TEST_F(RawFile, MaskedPixelsShowTheBlackLevel) {
  if (!fs::exists(kCr2)) GTEST_SKIP() << "package rawtran-doc is not installed (" << kCr2 << ")";
  const RawFrame frame = load_raw(kCr2, BlackSource::kMasked);
  for (float black : frame.sensor.black) {
    EXPECT_NEAR(black, 128, 0.3);
    EXPECT_NE(black, 128);  // fractions, which no file says
  }
}

TEST_F(RawFile, ReadsACanon) {
  if (!fs::exists(kCr2)) GTEST_SKIP() << "package rawtran-doc is not installed (" << kCr2 << ")";
  const RawFrame frame = load_raw(kCr2);
  EXPECT_EQ(frame.sensor.make, "Canon");
  EXPECT_TRUE(contains(frame.sensor.model, "30D"));
  EXPECT_EQ(frame.sensor.active, (Size{3522, 2348}));
  EXPECT_EQ(frame.stride, 3596);
  EXPECT_EQ(frame.sensor.cfa, CfaPattern::kRggb);
  EXPECT_EQ(frame.sensor.bits, 12);
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{128, 128, 127, 128}));
  EXPECT_EQ(frame.sensor.white, (std::array<float, 4>{4095, 4095, 4095, 4095}));
  EXPECT_EQ(frame.capture.crop, (Rect{84 - 74, 19 - 12, 3504, 2336}));
  EXPECT_EQ(frame.capture.orientation, Orientation::kNormal);
  ASSERT_TRUE(frame.capture.as_shot_gains);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[0], 2226 / 1024., 1e-5);
  EXPECT_EQ((*frame.capture.as_shot_gains)[1], 1);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[2], 1485 / 1024., 1e-5);
  EXPECT_NEAR(frame.applied.settings.exposure.count(), 2500, 1e-3);
  EXPECT_NEAR(frame.applied.settings.analogue_gain, 6.4, 1e-5);
  EXPECT_NEAR(frame.applied.f_number, 22, 1e-5);
  EXPECT_FALSE(frame.capture.baseline_exposure);
  EXPECT_EQ(frame.capture.time.size(), std::string("2009:07:21 13:03:20").size());
  EXPECT_EQ(frame.capture.time.substr(0, 10), "2009:07:21");
  ASSERT_EQ(frame.sensor.matrices.size(), 1u);
  EXPECT_EQ(frame.sensor.matrices[0].cct, 6504);
  EXPECT_NEAR(frame.sensor.matrices[0].xyz_to_camera[0], 0.6257, 1e-4);
  EXPECT_TRUE(frame.capture.warnings.empty()) << frame.capture.warnings[0];

  int darkest = 65'535, brightest = 0;  // known of this file
  for (int y = 0; y < frame.size().height; y++) {
    for (int x = 0; x < frame.size().width; x++) {
      darkest = std::min<int>(darkest, frame.data[y * frame.stride + x]);
      brightest = std::max<int>(brightest, frame.data[y * frame.stride + x]);
    }
  }
  EXPECT_GE(darkest, 0);
  EXPECT_LT(darkest, 128);
  EXPECT_EQ(brightest, 1487);
}

TEST_F(RawFile, ThreadsDecodeAtOnceToTheSamePicture) {
  if (!fs::exists(kCr2)) GTEST_SKIP() << "package rawtran-doc is not installed (" << kCr2 << ")";
  std::vector<RawFrame> frames(3);
  std::vector<std::thread> threads;
  for (RawFrame& frame : frames) threads.emplace_back([&frame] { frame = load_raw(kCr2); });
  for (std::thread& thread : threads) thread.join();
  for (int y = 0; y < frames[0].size().height; y++) {
    for (std::size_t i = 1; i < frames.size(); i++) {
      ASSERT_TRUE(std::equal(frames[0].data + y * frames[0].stride, frames[0].data + y * frames[0].stride + frames[0].size().width,
                             frames[i].data + y * frames[i].stride))
          << y;
    }
  }
}

TEST_F(RawFile, HalfACanonIsRefusedOrFlagged) {
  if (!fs::exists(kCr2)) GTEST_SKIP() << "package rawtran-doc is not installed (" << kCr2 << ")";
  std::string bytes = contents(kCr2);
  const fs::path half = file("half.CR2", bytes.substr(0, bytes.size() / 2));
  if (error_of(half) == "none") {
    EXPECT_FALSE(load_raw(half).capture.warnings.empty());
  }
  std::uint32_t state = 1;
  for (std::size_t i = bytes.size() / 2; i < bytes.size(); i++)
    bytes[i] = static_cast<char>((state = state * 1'664'525u + 1'013'904'223u) >> 24);
  const fs::path noise = file("noise.CR2", bytes);
  if (const std::string error = error_of(noise); error != "none") {
    EXPECT_TRUE(contains(error, "cannot be decoded")) << error;
  } else {
    EXPECT_TRUE(warns(load_raw(noise), "the file is damaged at byte "));
  }
}

TEST_F(RawFile, MalformedFilesAreRefusedOrFlagged) {
  const fs::path folder = data_folder() / "raw/malformed";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files++;
    const std::string error = error_of(entry.path());
    if (error == "none") {
      EXPECT_FALSE(load_raw(entry.path()).capture.warnings.empty()) << entry.path();
    } else {
      EXPECT_EQ(error.rfind(entry.path().string() + ": ", 0), 0u) << error;
    }
  }
  EXPECT_GT(files, 10);
}

// ---- DNG --------------------------------------------------------------------------------------------------------------------------

TEST_F(RawFile, ReadsAMosaicDng) {
  const RawFrame frame = load(DngFixture{});
  EXPECT_EQ(frame.sensor.make, "Argent");
  EXPECT_EQ(frame.sensor.model, "Fixture");
  EXPECT_EQ(frame.size(), (Size{64, 48}));
  EXPECT_EQ(frame.sensor.cfa, CfaPattern::kRggb);
  EXPECT_EQ(frame.sensor.bits, 14);
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{500.5f, 512, 520, 530}));
  EXPECT_EQ(frame.sensor.white[0], 16'383);
  ASSERT_EQ(frame.sensor.matrices.size(), 2u);
  EXPECT_NEAR(frame.sensor.matrices[0].cct, 2856, 1);
  EXPECT_NEAR(frame.sensor.matrices[1].cct, 6504, 1);
  expect_near(frame.sensor.matrices[0].xyz_to_camera, DngFixture::kTungsten);
  expect_near(frame.sensor.matrices[1].xyz_to_camera, DngFixture::kDaylight);
  ASSERT_TRUE(frame.capture.as_shot_gains);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[0], 2, 1e-5);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[2], 1.6, 1e-5);
  EXPECT_NEAR(frame.capture.baseline_exposure.value_or(0), 0.75, 1e-5);
  EXPECT_EQ(frame.capture.crop, (Rect{0, 0, 64, 48}));
  EXPECT_NEAR(frame.applied.settings.exposure.count(), 10'000, 1e-2);
  EXPECT_NEAR(frame.applied.settings.analogue_gain, 4, 1e-5);
  EXPECT_NEAR(frame.applied.f_number, 4, 1e-5);
  EXPECT_NEAR(frame.capture.focal_length, 35, 1e-5);
  EXPECT_EQ(frame.capture.time, "2024:02:29 12:34:56");
  EXPECT_TRUE(frame.capture.warnings.empty());
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) ASSERT_EQ(frame.data[y * frame.stride + x], dng_fixture_sample(x, y, 0)) << x << " " << y;
  }
}

TEST_F(RawFile, LevelsFollowTheMosaicInAllPhases) {
  const std::array<std::array<float, 4>, 4> sites{
      {{500.5f, 512, 520, 530}, {512, 500.5f, 530, 520}, {520, 530, 500.5f, 512}, {530, 520, 512, 500.5f}}};
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr}) {
    DngFixture fixture;
    fixture.cfa = cfa;
    const RawFrame frame = load(fixture);
    EXPECT_EQ(frame.sensor.cfa, cfa);
    EXPECT_EQ(frame.sensor.black, sites[static_cast<std::size_t>(cfa)]) << static_cast<int>(cfa);
  }
}

TEST_F(RawFile, AnOddActiveAreaKeepsPhaseLevelsAndCrop) {
  DngFixture fixture;
  fixture.active_area = Rect{3, 1, 60, 46};
  fixture.default_crop = Rect{2, 4, 50, 38};
  const RawFrame frame = load(fixture);
  const int x0 = 64 - 1 - frame.size().width, y0 = 48 - 1 - frame.size().height;  // the right and lower borders stay: 1 and 1
  EXPECT_TRUE((x0 == 3 && y0 == 1) || (x0 == 4 && y0 == 2)) << x0 << " " << y0;
  EXPECT_EQ(frame.sensor.cfa, x0 == 3 ? CfaPattern::kRggb : CfaPattern::kBggr);
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{500.5f, 512, 520, 530}));
  EXPECT_EQ(frame.data[0], dng_fixture_sample(x0, y0, 0));
  EXPECT_EQ(frame.capture.crop, (Rect{3 + 2 - x0, 1 + 4 - y0, 50, 38}));
}

TEST_F(RawFile, AnUnusableCropIsTheWholeArea) {
  DngFixture fixture;
  fixture.default_crop = Rect{40, 40, 400, 400};
  EXPECT_EQ(load(fixture).capture.crop, (Rect{0, 0, 64, 48}));
  fixture.default_crop = Rect{0, 0, 3, 3};
  EXPECT_EQ(load(fixture).capture.crop, (Rect{0, 0, 64, 48}));
}

TEST_F(RawFile, WhatAWidePatternHasBeyondTheMosaicIsTakenOffThePixels) {
  DngFixture fixture;
  fixture.black_rows = fixture.black_columns = 4;
  fixture.black.clear();
  for (int i = 0; i < 16; i++) fixture.black.push_back(100 + i);
  fixture.samples.resize(64 * 48);
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) fixture.samples[y * 64 + x] = dng_fixture_sample(x, y, 0);
  }
  fixture.samples[5] = 0;
  fixture.samples[6] = 16'383;
  const RawFrame frame = load(fixture);
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{100, 100, 100, 100}));
  for (int y = 0; y < 48; y++) {
    for (int x = 7; x < 64; x++)
      ASSERT_EQ(frame.data[y * frame.stride + x], dng_fixture_sample(x, y, 0) - (y % 4 * 4 + x % 4)) << x << " " << y;
  }
  EXPECT_EQ(frame.data[5], 0);
  EXPECT_EQ(frame.data[6], 16'383);
}

TEST_F(RawFile, AnalogBalanceGoesIntoTheMatrices) {
  DngFixture fixture;
  fixture.analog_balance = Vec3{2, 1, 0.5f};
  const RawFrame frame = load(fixture);
  ASSERT_EQ(frame.sensor.matrices.size(), 2u);
  Mat3 expected = DngFixture::kDaylight;
  for (int i = 0; i < 3; i++) {
    expected[i] *= 2;
    expected[6 + i] *= 0.5f;
  }
  expect_near(frame.sensor.matrices[1].xyz_to_camera, expected);
}

TEST_F(RawFile, WhatADngDoesNotSayIsAbsent) {
  DngFixture fixture;
  fixture.baseline_exposure.reset();
  fixture.as_shot_neutral.reset();
  fixture.matrices.clear();
  const RawFrame frame = load(fixture);
  EXPECT_FALSE(frame.capture.baseline_exposure);
  EXPECT_FALSE(frame.capture.as_shot_gains);
  EXPECT_TRUE(frame.sensor.matrices.empty());
}

TEST_F(RawFile, ReadsAllOrientations) {
  for (int value = 1; value <= 8; value++) {
    DngFixture fixture;
    fixture.orientation = static_cast<Orientation>(value);
    const RawFrame frame = load(fixture);
    EXPECT_EQ(static_cast<int>(frame.capture.orientation), value);
    EXPECT_EQ(frame.size(), (Size{64, 48}));  // as stored
  }
}

TEST_F(RawFile, ReadsALinearDng) {
  const RawFrame frame = load(linear_fixture());
  EXPECT_EQ(frame.sensor.cfa, CfaPattern::kRgb);
  EXPECT_EQ(frame.size(), (Size{64, 48}));
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{100, 200, 200, 300}));
  EXPECT_EQ(frame.sensor.white, (std::array<float, 4>{16'000, 15'000, 15'000, 14'000}));
  ASSERT_TRUE(frame.capture.as_shot_gains);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[0], 2, 1e-5);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[2], 1.6, 1e-5);
  EXPECT_TRUE(frame.capture.warnings.empty());
  for (int y = 0; y < 48; y++) {
    for (int x = 0; x < 64; x++) {
      for (int c = 0; c < 3; c++)
        ASSERT_EQ(frame.data[y * frame.stride + 3 * x + c], dng_fixture_sample(x, y, c)) << x << " " << y << " " << c;
    }
  }
}

TEST_F(RawFile, ReadsAMonochromeDng) {
  const RawFrame frame = load(monochrome_fixture());
  EXPECT_EQ(frame.sensor.cfa, CfaPattern::kMonochrome);
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{64, 64, 64, 64}));
  EXPECT_FALSE(frame.capture.as_shot_gains);
  EXPECT_TRUE(frame.sensor.matrices.empty());
  EXPECT_EQ(frame.data[frame.stride + 2], dng_fixture_sample(2, 1, 0));
  EXPECT_TRUE(frame.capture.warnings.empty());
}

TEST_F(RawFile, ReadsXTransDngsOfEveryPhase) {
  for (int i = 0; i < 36; i++) {
    const CfaPhase phase{i % 6, i / 6};
    const RawFrame frame = load(xtrans_fixture(phase));
    EXPECT_EQ(frame.sensor.cfa, CfaPattern::kXTrans);
    // The pattern repeats itself half a period along its diagonal.
    const CfaPhase other{(phase.x + 3) % 6, (phase.y + 3) % 6};
    EXPECT_TRUE(frame.sensor.cfa_phase == phase || frame.sensor.cfa_phase == other) << i;
    EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{512, 512, 512, 512}));
    EXPECT_EQ(frame.data[frame.stride + 2], dng_fixture_sample(2, 1, 0));
    EXPECT_TRUE(frame.capture.warnings.empty());
  }
}

TEST_F(RawFile, XTransKeepsItsPhaseInAnActiveAreaAndLosesAPatternOfBlack) {
  DngFixture fixture = xtrans_fixture({0, 0});
  fixture.active_area = Rect{7, 4, 50, 40};
  fixture.black_rows = fixture.black_columns = 6;
  fixture.black.clear();
  for (int i = 0; i < 36; i++) fixture.black.push_back(500 + i);
  const RawFrame frame = load(fixture);
  EXPECT_EQ(frame.sensor.cfa, CfaPattern::kXTrans);
  SensorInfo whole = frame.sensor;
  whole.cfa_phase = fixture.cfa_phase;  // DNG 1.7: CFAPattern starts at the active area's corner, as does BlackLevel
  for (int i = 0; i < 36; i++) EXPECT_EQ(color_at(frame.sensor, i % 6, i / 6), color_at(whole, i % 6, i / 6));
  for (int i = 0; i < 36; i++) {
    const int x = i % 6, y = i / 6, before = dng_fixture_sample(x + 7, y + 4, 0);
    EXPECT_NEAR(frame.data[y * frame.stride + x] - frame.sensor.black[1], before - fixture.black[static_cast<std::size_t>(i)], 1) << i;
  }
}

TEST_F(RawFile, OtherMosaicsOfSixBySixAreNamed) {
  DngFixture fixture = xtrans_fixture({0, 0});
  fixture.cfa_bytes = std::string(36, '\1');
  fixture.cfa_bytes[0] = '\0';
  fixture.cfa_bytes[1] = '\2';
  EXPECT_TRUE(contains(error_of(fixture), "6x6")) << error_of(fixture);
}

// ---- what looks broken --------------------------------------------------------------------------------------------------------------

TEST_F(RawFile, PicturesThatAreNoneAreFlagged) {
  const auto filled = [](DngFixture fixture, int first_row, std::uint16_t code) {
    const Size size = fixture.size;
    fixture.samples.resize(static_cast<std::size_t>(size.width * size.height));
    for (int y = 0; y < size.height; y++) {
      for (int x = 0; x < size.width; x++) fixture.samples[y * size.width + x] = y < first_row ? dng_fixture_sample(x, y, 0) : code;
    }
    return fixture;
  };
  EXPECT_TRUE(warns(load(filled({}, 0, 4000)), "every pixel has the code 4000"));
  EXPECT_TRUE(warns(load(filled({}, 30, 0)), "the last 18 of 48 rows are constant"));
  EXPECT_TRUE(warns(load(filled({}, 30, 5000)), "the last 18 of 48 rows are constant"));
  EXPECT_TRUE(load(filled({}, 47, 5000)).capture.warnings.empty());

  DngFixture clipped, black;
  clipped.white = {600};
  black.black = {13'000, 13'000, 13'000, 13'000};
  EXPECT_TRUE(warns(load(clipped), "all pixels are at or above the white level"));
  EXPECT_TRUE(warns(load(black), "all pixels are at or below the black level"));

  DngFixture tiles;  // two tiles of 32 in the middle of noise
  tiles.size = {96, 96};
  tiles.samples.resize(96 * 96);
  for (int y = 0; y < 96; y++) {
    for (int x = 0; x < 96; x++) tiles.samples[y * 96 + x] = y >= 32 && y < 64 && x < 64 ? 2000 : dng_fixture_sample(x, y, 0);
  }
  EXPECT_TRUE(warns(load(tiles), "22 % of the picture is constant"));
}

TEST_F(RawFile, LyingHeadersAreRefused) {
  DngFixture fixture;
  fixture.missing_bytes_at_end = 2000;
  EXPECT_TRUE(contains(error_of(fixture), "truncated or damaged")) << error_of(fixture);
  fixture = {};
  fixture.claimed_size = Size{15'000, 15'000};
  EXPECT_TRUE(contains(error_of(fixture), "15000x15000 pixels cannot be in a file of ")) << error_of(fixture);
  fixture.claimed_size = Size{30'000, 30'000};
  EXPECT_TRUE(contains(error_of(fixture), "more than the 400000000")) << error_of(fixture);
  fixture.claimed_size = Size{100'000, 100'000};
  EXPECT_NE(error_of(fixture), "none");
  fixture = {};
  fixture.white = {500};
  EXPECT_TRUE(contains(error_of(fixture), "does not pass black level")) << error_of(fixture);
  fixture = {};
  fixture.sample_format = 3;
  EXPECT_NE(error_of(fixture), "none");
}

TEST_F(RawFile, WhatIsNoRawFileIsRefused) {
  EXPECT_TRUE(contains(error_of(folder_), "is a folder"));
  EXPECT_TRUE(contains(error_of(folder_ / "absent.dng"), "no such file"));
  EXPECT_TRUE(contains(error_of(file("empty.dng", "")), "is empty"));
  EXPECT_TRUE(contains(error_of(file("zeros.dng", std::string(1'000'000, '\0'))), "zeros.dng: is no raw file"));
  EXPECT_TRUE(contains(error_of(file("text.nef", std::string(500, 'a'))), "text.nef: "));
  const fs::path pictures = data_folder() / "demosaic/kodak";
  if (!fs::exists(pictures)) GTEST_SKIP() << pictures << " is absent";
  const fs::path picture = folder_ / "picture.dng";
  fs::copy_file(fs::directory_iterator(pictures)->path(), picture);
  EXPECT_NE(error_of(picture), "none");
}

TEST_F(RawFile, KnowsRawFilesByNameOrContent) {
  write_dng({}, folder_ / "a.DNG");
  EXPECT_TRUE(is_raw_file(folder_ / "a.DNG"));
  EXPECT_TRUE(is_raw_file(file("b.cr2", "x")));
  EXPECT_TRUE(is_raw_file(file("c", "FUJIFILMCCD-RAW 0201")));
  EXPECT_TRUE(is_raw_file(file("d.raw", std::string("IIU\0\10\0\0\0", 8))));
  EXPECT_FALSE(is_raw_file(file("e.raw", std::string(64, '\3'))));
  EXPECT_FALSE(is_raw_file(file("f.png", "\x89PNG\r\n\x1a\n")));
  EXPECT_FALSE(is_raw_file(file("g", "")));
  EXPECT_FALSE(is_raw_file(folder_));
  EXPECT_FALSE(is_raw_file(folder_ / "absent.dng"));
}

TEST_F(RawFile, NamesItsLibrary) { EXPECT_EQ(raw_library_version().rfind("LibRaw 0.2", 0), 0u) << raw_library_version(); }

}  // namespace
}  // namespace argent
