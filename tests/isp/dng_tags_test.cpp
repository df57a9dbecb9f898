#include "isp/io/dng_tags.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <string>

#include "isp/io/opcode_lists.h"
#include "isp/io/raw_file.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "tests/isp/dng_fixture.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class DngTagsTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }
  RawFrame load(const DngFixture& fixture) {
    write_dng(fixture, path_);
    return load_raw(path_);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_ = fs::temp_directory_path() / ("argent-dng-tags-" + std::to_string(::getpid()) + ".dng");
};

constexpr std::uint32_t kVersion = 0x01030000;

OpcodeGainMap some_map() {
  OpcodeGainMap map;
  map.area = {0, 0, 48, 64, 0, 1, 1, 1};
  map.rows = map.columns = 2;
  map.gains = {1, 1.5f, 2, 2.5f};
  return map;
}

bool mentions(const RawFrame& frame, const std::string& text) {
  return std::any_of(frame.capture.warnings.begin(), frame.capture.warnings.end(),
                     [&](const std::string& warning) { return warning.find(text) != std::string::npos; });
}

TEST_F(DngTagsTest, OpcodesAreAttached) {
  DngFixture fixture;
  const std::vector<DngOpcode> raw{{4, kVersion, 0, FixBadPixelsConstant{0, 0}}};
  const std::vector<DngOpcode> linear{{9, kVersion, 0, some_map()}};
  const std::vector<DngOpcode> demosaiced{{1, kVersion, 1, WarpRectilinear{{{{1, 0.1, 0, 0}, {0, 0}}}, 0.5, 0.5}}};
  fixture.opaque = {{51008, opcode_list_bytes(raw)}, {51009, opcode_list_bytes(linear)}, {51022, opcode_list_bytes(demosaiced)}};
  const RawFrame frame = load(fixture);
  ASSERT_NE(frame.opcodes, nullptr);
  EXPECT_EQ(frame.opcodes->raw, raw);
  EXPECT_EQ(frame.opcodes->linear, linear);
  EXPECT_EQ(frame.opcodes->demosaiced, demosaiced);
  EXPECT_TRUE(frame.capture.warnings.empty());
  EXPECT_EQ(share(frame).opcodes, frame.opcodes);
}

TEST_F(DngTagsTest, AMovedActiveAreaMovesThem) {
  DngFixture fixture;
  fixture.active_area = Rect{4, 2, 56, 44};
  fixture.opaque[51008] = opcode_list_bytes(std::vector<DngOpcode>{{5, kVersion, 0, FixBadPixelsList{0, {{10, 8}, {1, 1}}, {}}}});
  const RawFrame frame = load(fixture);
  ASSERT_NE(frame.opcodes, nullptr);
  const FixBadPixelsList expected{0, {{6, 6}}, {}};
  EXPECT_EQ(std::get<FixBadPixelsList>(frame.opcodes->raw.at(0).parameters), expected);
}

TEST_F(DngTagsTest, WithoutOpcodesThereAreNone) {
  const RawFrame frame = load({});
  EXPECT_EQ(frame.opcodes, nullptr);
  EXPECT_TRUE(frame.capture.warnings.empty());
}

TEST_F(DngTagsTest, UnknownOpcodesAreSaid) {
  DngFixture fixture;
  fixture.opaque[51022] =
      opcode_list_bytes(std::vector<DngOpcode>{{7, kVersion, 1, UnknownOpcode{{1, 2}}}, {99, kVersion, 0, UnknownOpcode{}}});
  const RawFrame frame = load(fixture);
  EXPECT_TRUE(mentions(frame, "opcode list 3: MapTable is not known here and optional"));
  EXPECT_TRUE(mentions(frame, "opcode list 3: opcode 99 is not known here, but must be applied"));
  ASSERT_NE(frame.opcodes, nullptr);
  EXPECT_EQ(std::get<UnknownOpcode>(frame.opcodes->demosaiced[0].parameters).parameters, (std::vector<std::uint8_t>{1, 2}));
}

TEST_F(DngTagsTest, DamagedListsAreLeftOutAndSaid) {
  DngFixture fixture;
  fixture.opaque[51009] = {0, 0, 0, 9, 0, 0};
  const RawFrame frame = load(fixture);
  EXPECT_EQ(frame.opcodes, nullptr);
  EXPECT_TRUE(mentions(frame, "opcode list 2"));
  EXPECT_TRUE(mentions(frame, "is left out"));
}

TEST_F(DngTagsTest, NoiseIsTheMeanOfItsPlanes) {
  DngFixture fixture;
  EXPECT_EQ(load(fixture).sensor.noise, NoiseModel());
  fixture.doubles[51041] = {2e-4, 3e-6};
  EXPECT_FLOAT_EQ(load(fixture).sensor.noise.shot, 2e-4f);
  fixture.doubles[51041] = {1e-4, 1e-6, 2e-4, 2e-6, 3e-4, 3e-6};
  const RawFrame frame = load(fixture);
  EXPECT_FLOAT_EQ(frame.sensor.noise.shot, 2e-4f);
  EXPECT_FLOAT_EQ(frame.sensor.noise.read, 2e-6f);
  EXPECT_EQ(frame.dng_profile->noise.size(), 3U);
  fixture.doubles[51041] = {-1e-4, 1e-6};
  const RawFrame wrong = load(fixture);
  EXPECT_EQ(wrong.sensor.noise, NoiseModel());
  EXPECT_TRUE(mentions(wrong, "NoiseProfile is left out"));
}

TEST_F(DngTagsTest, TheFilesColorIsKept) {
  const std::vector<double> forward{0.6, 0.3, 0.0642, 0.3, 0.65, 0.05, 0.02, 0.1, 0.7049}, calibration{1.01, 0, 0, 0, 1, 0, 0, 0, 0.98};
  DngFixture fixture;
  fixture.analog_balance = Vec3{1.1f, 1, 0.9f};
  fixture.fractions = {{50964, forward}, {50965, forward}, {50723, calibration}, {51109, {-0.5}}};
  fixture.longs = {{50937, {2, 2, 1}}, {51107, {1}}, {50830, {0, 0, 48, 4, 0, 60, 48, 64}}, {50981, {1, 2, 2}}, {51108, {0}}};
  fixture.floats = {
      {50938, {0, 1, 1, 5, 1.1f, 1, 0, 1, 1, -5, 0.9f, 1}}, {50940, {0, 0, 0.5f, 0.6f, 1, 1}}, {50982, std::vector<float>(12, 1)}};
  const RawFrame frame = load(fixture);
  EXPECT_TRUE(frame.capture.warnings.empty());
  const DngProfile& profile = *frame.dng_profile;
  EXPECT_EQ(profile.unique_camera_model, "Argent Fixture");
  ASSERT_TRUE(profile.illuminants[0].forward && profile.illuminants[1].forward && profile.illuminants[0].calibration);
  EXPECT_FALSE(profile.illuminants[1].calibration);
  EXPECT_FLOAT_EQ((*profile.illuminants[0].forward)[2], 0.0642f);
  EXPECT_EQ(profile.illuminants[0].code, 17);
  EXPECT_EQ(profile.illuminants[1].code, 21);
  EXPECT_FLOAT_EQ(profile.baseline_exposure_offset.value_or(0), -0.5f);
  EXPECT_FLOAT_EQ(profile.baseline_exposure.value_or(0), 0.75f);
  EXPECT_EQ(profile.hue_sat_encoding, TableEncoding::kSrgb);
  const HueSatTable& table = profile.illuminants[0].hue_sat;
  EXPECT_EQ(table.hues, 2);
  ASSERT_EQ(table.nodes.size(), 4U);
  EXPECT_EQ(table.nodes[1], (HueSatTable::Node{5, 1.1f, 1}));
  EXPECT_EQ(profile.illuminants[1].hue_sat.hues, 0);
  EXPECT_EQ(profile.look.values, 2);
  EXPECT_EQ(profile.tone_curve.size(), 3U);
  ASSERT_EQ(profile.masked_areas.size(), 2U);
  EXPECT_EQ(profile.masked_areas[1], (Rect{60, 0, 4, 48}));
  // What the pipeline reads: all three multiplied.
  EXPECT_NEAR(frame.sensor.matrices.at(0).xyz_to_camera[0], 1.1 * 1.01 * 0.9, 1e-5);
  EXPECT_NEAR(frame.sensor.matrices.at(1).xyz_to_camera[8], 0.9 * 0.6, 1e-5);
}

TEST_F(DngTagsTest, ContradictionsAreLeftOutAndSaid) {
  DngFixture fixture;
  fixture.fractions = {{50964, {1, 2, 3}}};
  fixture.longs = {{50937, {90, 30, 1}}};
  fixture.floats = {{50938, {0, 1, 1}}, {50940, {0, 0, 0.5f, 1, 0.4f, 1}}};
  const RawFrame frame = load(fixture);
  for (const char* name : {"ForwardMatrix", "ProfileHueSatMapData1", "ProfileToneCurve"}) {
    EXPECT_TRUE(mentions(frame, std::string(name) + " is left out")) << name;
  }
  EXPECT_FALSE(frame.dng_profile->illuminants[0].forward);
}

TEST_F(DngTagsTest, DamageAnywhereIsReadOrRefused) {
  DngFixture fixture;
  fixture.size = {32, 16};
  fixture.opaque[51009] = opcode_list_bytes(std::vector<DngOpcode>{{9, kVersion, 0, some_map()}});
  fixture.doubles[51041] = {2e-4, 3e-6};
  fixture.longs = {{50937, {2, 2, 1}}};
  fixture.floats = {{50938, std::vector<float>(12, 1)}, {50940, {0, 0, 1, 1}}};
  write_dng(fixture, path());
  std::string whole(static_cast<std::size_t>(fs::file_size(path())), '\0');
  std::ifstream(path(), std::ios::binary).read(whole.data(), static_cast<std::streamsize>(whole.size()));
  const std::size_t head = whole.size() - 32 * 16 * 2;
  std::mt19937 random(7);
  for (int round = 0; round < 3000; round++) {
    std::string bytes = whole;
    for (int change = 0; change < 3; change++) bytes[random() % head] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    write_file(path(), bytes, Overwrite::kYes);
    try {
      read_dng_tags(path(), {32, 16});
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace argent
