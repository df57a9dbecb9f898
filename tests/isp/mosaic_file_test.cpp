#include "isp/io/mosaic_file.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

fs::path data_folder() {
  const char* folder = std::getenv("ARGENT_DATA");
  return folder ? fs::path(folder) : fs::path(ARGENT_SOURCE_DIR) / "../shared/data";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A folder of this test's own, gone with it.
class MosaicFile : public testing::Test {
 protected:
  MosaicFile() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              (std::string("argent_") + info->test_suite_name() + "_" + info->name() + "_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  ~MosaicFile() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return folder_ / name;
  }
  fs::path gzip(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    gzFile out = gzopen(path.c_str(), "wb9");
    gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(out);
    return path;
  }
  MosaicDescription parsed(const std::string& yaml) const { return load_mosaic_description(file("description.yaml", yaml)); }
  std::string yaml_error(const std::string& yaml) const {
    try {
      parsed(yaml);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }
  static std::string error_of(const fs::path& path, const MosaicDescription& description) {
    try {
      load_mosaic(path, description);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }
  fs::path folder_;
};

MosaicDescription described(Size size, int bits) {
  MosaicDescription description;
  description.size = size;
  description.cfa = CfaPattern::kRggb;
  description.bits = bits;
  return description;
}

int code(int x, int y, int bits) {
  return static_cast<int>(static_cast<unsigned>(x * 37 + y * 101 + 5) * 2654435u >> 3 & ((1u << bits) - 1));
}

std::string plain(Size size, int bits) {
  std::string bytes;
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      bytes += static_cast<char>(code(x, y, bits) & 255);
      if (bits > 8) bytes += static_cast<char>(code(x, y, bits) >> 8);
    }
  }
  return bytes;
}

/// MIPI CSI-2 v1.3, 11.4.3 to 11.4.6, written the other way round than the reader does it: bit by bit.
std::string packed(Size size, int bits) {
  const int group = bits == 12 ? 2 : 4, low_bits = bits - 8;
  std::string bytes;
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x += group) {
      int low = 0;
      for (int i = 0; i < group; i++) {
        const int value = x + i < size.width ? code(x + i, y, bits) : 0;
        bytes += static_cast<char>(value >> low_bits);
        for (int bit = 0; bit < low_bits; bit++) low += (value >> bit & 1) * (1 << (i * low_bits + bit));
      }
      for (int i = 0; i < group * low_bits / 8; i++) bytes += static_cast<char>(low >> 8 * i);
    }
  }
  return bytes;
}

void expect_codes(const RawFrame& loaded, int bits) {
  BufferPool pool;
  const RawFrame frame = unpacked(loaded, pool);
  for (int y = 0; y < frame.size().height; y++) {
    for (int x = 0; x < frame.size().width; x++)
      ASSERT_EQ(frame.data[y * frame.stride + x], code(x, y, bits)) << x << " " << y << " of " << bits << " bits";
  }
}

TEST_F(MosaicFile, KnowsItsNames) {
  for (const char* name : {"a.raw", "a.RAW", "a.raw.gz", "a.bin", "b/a.bin.gz"}) EXPECT_TRUE(is_mosaic_file(name)) << name;
  for (const char* name : {"a.cr2", "a.gz", "a.raw.yaml", "raw"}) EXPECT_FALSE(is_mosaic_file(name)) << name;
}

TEST_F(MosaicFile, ReadsEveryDepth) {
  for (int bits = 8; bits <= 16; bits++) {
    MosaicDescription description = described({37, 11}, bits);
    description.packing = Packing::kBytes;
    const RawFrame frame = load_mosaic(file("a.raw", plain({37, 11}, bits)), description);
    expect_codes(frame, bits);
    EXPECT_EQ(frame.sensor.bits, bits);
    EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{}));
    EXPECT_EQ(frame.sensor.white[3], (1 << bits) - 1);
    EXPECT_EQ(frame.capture.crop, (Rect{0, 0, 37, 11}));
    ASSERT_EQ(bits == 8, frame.packed.has_value());
    const void* first = frame.packed ? static_cast<const void*>(frame.packed->bytes) : frame.data;
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 64, 0u);
    EXPECT_TRUE(frame.capture.warnings.empty());
    expect_codes(load_mosaic(gzip("a.raw.gz", plain({37, 11}, bits)), description), bits);
  }
}

TEST_F(MosaicFile, KeepsMipiPacked) {
  for (int bits : {10, 12, 14}) {
    for (Size size : {Size{40, 6}, Size{37, 5}, Size{1, 1}, Size{2, 3}}) {
      MosaicDescription description = described(size, bits);
      description.packing = Packing::kMipi;
      const RawFrame frame = load_mosaic(file("a.raw", packed(size, bits)), description);
      EXPECT_EQ(frame.packed->format, packed_format_of(bits));
      expect_codes(frame, bits);
    }
  }
  BufferPool pool;
  MosaicDescription description = described({4, 1}, 10);
  description.packing = Packing::kMipi;
  const RawFrame frame = unpacked(load_mosaic(file("hand.raw", "\x12\x34\x56\x78\xe4"), description), pool);
  EXPECT_EQ(frame.data[0], 0x12 << 2 | 0);
  EXPECT_EQ(frame.data[1], 0x34 << 2 | 1);
  EXPECT_EQ(frame.data[2], 0x56 << 2 | 2);
  EXPECT_EQ(frame.data[3], 0x78 << 2 | 3);
  description.bits = 16;
  EXPECT_TRUE(contains(error_of(folder_ / "hand.raw", description), "mipi packing is for 8, 10, 12 and 14 bits, found 16"));
}

TEST_F(MosaicFile, PackingIsChosenByTheSizeOnlyWhenItFits) {
  for (int bits : {10, 12}) {
    const MosaicDescription description = described({40, 6}, bits);
    expect_codes(load_mosaic(file("a.raw", plain({40, 6}, bits)), description), bits);
    expect_codes(load_mosaic(file("a.raw", packed({40, 6}, bits)), description), bits);
    expect_codes(load_mosaic(gzip("a.raw.gz", packed({40, 6}, bits)), description), bits);
    const std::string error = error_of(file("a.raw", packed({40, 6}, bits) + "x"), description);
    EXPECT_TRUE(contains(error, "say which packing it is")) << error;
    EXPECT_TRUE(contains(error, "expected 480 (packing bytes) or " + std::to_string(240 * bits / 8))) << error;
  }
}

TEST_F(MosaicFile, OffsetAndRowBytes) {
  const Size size{5, 3};
  std::string bytes = "header!";
  const std::string rows = plain(size, 16);
  for (int y = 0; y < 3; y++) bytes += rows.substr(y * 10, 10) + "pad";
  MosaicDescription description = described(size, 16);
  description.offset = 7;
  description.row_bytes = 13;
  expect_codes(load_mosaic(file("a.raw", bytes), description), 16);
  bytes.resize(bytes.size() - 3);  // the last row needs no padding
  expect_codes(load_mosaic(file("a.raw", bytes), description), 16);
  bytes.resize(bytes.size() - 1);
  EXPECT_TRUE(contains(error_of(file("a.raw", bytes), description), "found 42 bytes, expected 43"));
  description.row_bytes = 9;
  EXPECT_TRUE(contains(error_of(file("a.raw", bytes), description), "row_bytes = 9, a row has at least 10"));
  description.row_bytes.reset();
  description.offset = -1;
  EXPECT_TRUE(contains(error_of(file("a.raw", bytes), description), "offset = -1"));
}

TEST_F(MosaicFile, TooShortIsAnErrorTooLongAWarning) {
  const std::string bytes = plain({8, 4}, 16);
  const MosaicDescription description = described({8, 4}, 16);
  EXPECT_TRUE(contains(error_of(file("a.raw", bytes.substr(1)), description), "a.raw: found 63 bytes, expected 64"));
  EXPECT_TRUE(contains(error_of(gzip("a.raw.gz", bytes.substr(1)), description), "row 3 of 4 is not whole"));
  for (const fs::path& path : {file("a.raw", bytes + "trail"), gzip("a.raw.gz", bytes + "trail")}) {
    const RawFrame frame = load_mosaic(path, description);
    expect_codes(frame, 16);
    ASSERT_EQ(frame.capture.warnings.size(), 1u) << path;
    EXPECT_TRUE(contains(frame.capture.warnings[0], "trailing bytes are ignored")) << frame.capture.warnings[0];
  }
}

TEST_F(MosaicFile, CodesThatDoNotFitTheirBitsAreFlagged) {
  MosaicDescription description = described({8, 4}, 12);
  description.packing = Packing::kBytes;
  const RawFrame frame = load_mosaic(file("a.raw", std::string(64, '\x7f')), description);
  ASSERT_EQ(frame.capture.warnings.size(), 1u);
  EXPECT_TRUE(contains(frame.capture.warnings[0], "100 % of the codes are above 4095"));
}

TEST_F(MosaicFile, DamagedGzipIsRefused) {
  const MosaicDescription description = described({64, 64}, 16);
  gzip("whole.raw.gz", plain({64, 64}, 16));
  std::ifstream stream(folder_ / "whole.raw.gz", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_NE(error_of(file("half.raw.gz", whole.substr(0, whole.size() / 2)), description), "none");
  std::string damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 255);
  EXPECT_NE(error_of(file("damaged.raw.gz", damaged), description), "none");
  EXPECT_TRUE(contains(error_of(file("plain.raw.gz", plain({64, 64}, 16)), description), "is no gzip file"));
  EXPECT_NE(error_of(file("empty.raw.gz", ""), description), "none");
}

TEST_F(MosaicFile, HugeSizesAreRefusedBeforeMemoryIsTaken) {
  const fs::path small = file("a.raw", std::string(1000, '\1')), bomb = gzip("a.raw.gz", std::string(1000, '\1'));
  EXPECT_TRUE(contains(error_of(small, described({60'000, 60'000}, 16)), "60000x60000 pixels are more than"));
  for (const Size size : {Size{1, 100'000'000}, Size{65'536, 1}}) {
    EXPECT_TRUE(contains(error_of(small, described(size, 8)), to_text(size) + " pixels, expected sides of at most 65535"));
  }
  EXPECT_TRUE(contains(error_of(small, described({20'000, 20'000}, 16)), "found 1000 bytes, expected 800000000"));
  EXPECT_TRUE(contains(error_of(bomb, described({20'000, 20'000}, 16)), "cannot hold more than"));
  const RawFrame frame = load_mosaic(gzip("bomb.raw.gz", std::string(50'000'000, '\0')), described({8, 4}, 16));
  EXPECT_EQ(frame.capture.warnings.size(), 1u);  // one byte beyond the picture is read, no more
}

TEST_F(MosaicFile, WhatIsMissingIsNamed) {
  const fs::path path = file("a.raw", "0123");
  EXPECT_TRUE(contains(error_of(path, {}), "lacks: size cfa bits"));
  MosaicDescription description = described({2, 2}, 8);
  description.cfa.reset();
  EXPECT_TRUE(contains(error_of(path, description), "lacks: cfa"));
  EXPECT_TRUE(contains(error_of(path, described({2, 2}, 7)), "bits = 7, expected 8 to 16"));
  EXPECT_TRUE(contains(error_of(path, described({0, 2}, 8)), "size is below 1x1"));
  EXPECT_TRUE(contains(error_of(folder_ / "absent.raw", described({2, 2}, 8)), "absent.raw: no such file"));
  EXPECT_TRUE(contains(error_of(folder_, described({2, 2}, 8)), "is no regular file"));
  description = described({2, 2}, 8);
  description.black = {300, 0, 0, 0};
  EXPECT_TRUE(contains(error_of(path, description), "white level 255 of red does not pass black level 300"));
}

TEST_F(MosaicFile, ReadsADescription) {
  const MosaicDescription d = parsed(R"(
# all there is
size: 4x2
cfa: gbrg
bits: 10
packing: mipi
black: 12.5
white: [1000, 1001, 1002, 1003]
matrices:
  - {illuminant: D65, xyz_to_camera: [0.8, -0.3, -0.1, -0.45, 1.25, 0.2, -0.1, 0.25, 0.6]}
  - {illuminant: 2700, xyz_to_camera: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
as_shot_gains: [3, 1.5, 2.4]
exposure_us: 20000
iso: 250
f_number: 1.8
baseline_exposure: -0.5
orientation: 6
make: Argent
model: "Test 1"
offset: 3
row_bytes: 8
)");
  const RawFrame frame = load_mosaic(file("a.raw", std::string(3 + 16, 'x')), d);
  EXPECT_EQ(frame.size(), (Size{4, 2}));
  EXPECT_EQ(frame.sensor.cfa, CfaPattern::kGbrg);
  EXPECT_EQ(frame.sensor.bits, 10);
  EXPECT_EQ(frame.sensor.black, (std::array<float, 4>{12.5f, 12.5f, 12.5f, 12.5f}));
  EXPECT_EQ(frame.sensor.white, (std::array<float, 4>{1000, 1001, 1002, 1003}));
  ASSERT_EQ(frame.sensor.matrices.size(), 2u);
  EXPECT_EQ(frame.sensor.matrices[0].cct, 2700);
  EXPECT_EQ(frame.sensor.matrices[1].cct, 6504);
  EXPECT_NEAR(frame.sensor.matrices[1].xyz_to_camera[3], -0.45, 1e-6);
  ASSERT_TRUE(frame.capture.as_shot_gains);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[0], 2, 1e-6);
  EXPECT_NEAR((*frame.capture.as_shot_gains)[2], 1.6, 1e-6);
  EXPECT_EQ(frame.applied.settings.exposure.count(), 20'000);
  EXPECT_EQ(frame.applied.settings.analogue_gain, 2.5f);
  EXPECT_EQ(frame.applied.f_number, 1.8f);
  EXPECT_EQ(frame.capture.baseline_exposure.value_or(0), -0.5f);
  EXPECT_EQ(frame.capture.orientation, Orientation::kRotated90);
  EXPECT_EQ(frame.sensor.make, "Argent");
  EXPECT_EQ(frame.sensor.model, "Test 1");
  EXPECT_EQ(d.offset.value_or(0), 3);
  EXPECT_EQ(d.row_bytes.value_or(0), 8);
}

TEST_F(MosaicFile, KnowsIlluminants) {
  const std::array<std::pair<const char*, float>, 5> known{{{"A", 2856}, {"D50", 5003}, {"F2", 4230}, {"F11", 4000}, {"TL84", 4000}}};
  for (const auto& [name, kelvin] : known) {
    const MosaicDescription d = parsed(std::string("matrices: [{xyz_to_camera: [1,0,0,0,1,0,0,0,1], illuminant: ") + name + "}]");
    ASSERT_EQ(d.matrices.size(), 1u);
    EXPECT_EQ(d.matrices[0].cct, kelvin) << name;
  }
}

TEST_F(MosaicFile, BadDescriptionsAreExplained) {
  const std::array<std::pair<const char*, const char*>, 24> cases{{
      {"bitz: 12", "description.yaml: line 1: unknown key bitz, did you mean bits"},
      {"size: 4x2\nqqqqqqqq: 1", "line 2: unknown key qqqqqqqq"},
      {"bits: 7", "line 1: bits = 7, expected a whole number from 8 to 16"},
      {"bits: 17", "bits = 17"},
      {"bits: ten", "bits = ten, expected a whole number"},
      {"bits: 8\nbits: 8", "line 2: key bits is there twice"},
      {"bits: [8]", "bits is a list"},
      {"size: 10", "size 10, expected WIDTHxHEIGHT"},
      {"cfa_phase: [0, 6]", "cfa_phase = 6, expected a number from 0 to 5"},
      {"cfa_phase: [0.5, 1]", "cfa_phase is a list, expected two whole numbers"},
      {"cfa: rgbw", "cfa rgbw, expected one of rggb grbg gbrg bggr mono xtrans"},
      {"packing: tight", "packing = tight, expected bytes or mipi"},
      {"black: [1, 2, 3]", "black is a list, expected a list of 4 numbers"},
      {"black: .nan", "black = .nan, expected a number from 0 to 65535"},
      {"white: 70000", "white = 70000"},
      {"iso: -1", "iso = -1"},
      {"orientation: 9", "orientation = 9, expected a whole number from 1 to 8"},
      {"as_shot_gains: [0, 1, 1]", "as_shot_gains = 0"},
      {"matrices: {illuminant: A}", "matrices is a map, expected a list"},
      {"matrices: [{illuminant: A}]", "expected illuminant and xyz_to_camera"},
      {"matrices: [{illuminant: X1, xyz_to_camera: [1,0,0,0,1,0,0,0,1]}]", "illuminant = X1, expected one of A B C D50"},
      {"matrices: [{illuminant: A, xyz_to_camera: [1,2,3,2,4,6,0,0,1]}]", "xyz_to_camera cannot be inverted"},
      {"- a\n- b", "is no description"},
      {"size: [4x2", "description.yaml: line "},
  }};
  for (const auto& [yaml, expected] : cases) EXPECT_TRUE(contains(yaml_error(yaml), expected)) << yaml_error(yaml);
  EXPECT_TRUE(contains(yaml_error(""), "is no description"));
  EXPECT_TRUE(contains(yaml_error(std::string(100'000, '[')), "description.yaml: "));
  EXPECT_TRUE(contains(yaml_error(std::string(2'000'000, ' ')), "more than 1048576 bytes"));
  EXPECT_THROW(load_mosaic_description(folder_ / "absent.yaml"), Error);
  EXPECT_THROW(load_mosaic_description(folder_), Error);
}

TEST_F(MosaicFile, MergePrefersWhatIsSaid) {
  MosaicDescription base = described({10, 20}, 12), over;
  base.make = "base";
  base.black = {1, 2, 3, 4};
  over.bits = 10;
  over.model = "over";
  over.packing = Packing::kMipi;
  const MosaicDescription merged = merge(base, over);
  EXPECT_EQ(merged.size, (Size{10, 20}));
  EXPECT_EQ(merged.bits, 10);
  EXPECT_EQ(merged.packing, Packing::kMipi);
  EXPECT_EQ(merged.make, "base");
  EXPECT_EQ(merged.model, "over");
  EXPECT_EQ((*merged.black)[3], 4);
  EXPECT_EQ(merge(merged, {}).bits, 10);
}

/// A recording's `applied` would else hide what the command line says.
TEST_F(MosaicFile, MergeReachesIntoWhatWasApplied) {
  MosaicDescription base = described({4, 1}, 8), over;
  base.applied = Applied{{Microseconds(5000), 2, 1.5f}, 2.8f, Microseconds(77), {}, {}, 9, 3};
  over.exposure_us = 20'000;
  over.iso = 400;
  over.f_number = 1.8f;
  Applied expected = *base.applied;
  EXPECT_EQ(merge(base, {}).applied, expected);
  expected.settings.exposure = Microseconds(20'000);
  expected.settings.analogue_gain = 4;
  expected.f_number = 1.8f;
  EXPECT_EQ(load_mosaic(file("a.raw", "0123"), merge(base, over)).applied, expected);
  over.applied = Applied{};
  EXPECT_EQ(merge(base, over).applied, Applied{});
}

TEST_F(MosaicFile, NamesAndSizes) {
  for (CfaPattern cfa : {CfaPattern::kRggb, CfaPattern::kGrbg, CfaPattern::kGbrg, CfaPattern::kBggr, CfaPattern::kMonochrome}) {
    EXPECT_EQ(cfa_from_name(name_of(cfa)), cfa);
  }
  EXPECT_EQ(cfa_from_name("GRBG"), CfaPattern::kGrbg);
  EXPECT_EQ(name_of(CfaPattern::kMonochrome), "mono");
  EXPECT_EQ(size_from_text("1920x1080"), (Size{1920, 1080}));
  EXPECT_EQ(size_from_text("3X5"), (Size{3, 5}));
  for (const char* text : {"", "x", "12", "12x", "x12", "0x5", "-3x5", "3x5x7", "3 x5", "99999999999x1"})
    EXPECT_THROW(size_from_text(text), Error) << text;
  EXPECT_EQ(cfa_from_name("XTrans"), CfaPattern::kXTrans);
  EXPECT_THROW(cfa_from_name("rgbe"), Error);
  EXPECT_THROW(cfa_from_name("rgb"), Error);
}

TEST_F(MosaicFile, ReadsAChartScene) {
  const fs::path path = data_folder() / "raw/chart_scenes/Outdoor1_2592x1536_8bit_GRBG.raw.gz";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is absent";
  MosaicDescription description = described({2592, 1536}, 8);
  description.cfa = CfaPattern::kGrbg;
  description.black = {12.5f, 12.5f, 12.5f, 12.5f};
  BufferPool pool;
  const RawFrame frame = unpacked(load_mosaic(path, description), pool);
  EXPECT_TRUE(frame.capture.warnings.empty());
  double green = 0, other_green = 0, red = 0;  // in an outdoor scene green is well above red, and both greens are alike
  for (int y = 0; y < 1536; y += 2) {
    for (int x = 0; x < 2592; x += 2) {
      green += frame.data[y * frame.stride + x];
      red += frame.data[y * frame.stride + x + 1];
      other_green += frame.data[(y + 1) * frame.stride + x + 1];
    }
  }
  EXPECT_NEAR(green / other_green, 1, 0.02);
  EXPECT_GT(green / red, 1.2);
}

TEST_F(MosaicFile, FourOrdersOfOneScene) {
  const fs::path folder = data_folder() / "raw/cfa_orders";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  // Red is the first sample of rggb and lies elsewhere in the others: its mean tells whether the order in the name is the file's.
  std::vector<double> reds;
  for (const char* order : {"rggb", "grbg", "gbrg", "bggr"}) {
    MosaicDescription description = described({768, 512}, 14);
    description.cfa = cfa_from_name(order);
    const RawFrame frame = load_mosaic(folder / (std::string("DSC_1339_768x512_") + order + ".raw.gz"), description);
    const int at = static_cast<int>(std::string(order).find('r'));
    double sum = 0;
    for (int y = at / 2; y < 512; y += 2) {
      for (int x = at % 2; x < 768; x += 2) sum += frame.data[y * frame.stride + x];
    }
    reds.push_back(sum / (384 * 256));
    EXPECT_TRUE(frame.capture.warnings.empty()) << order;
  }
  for (double red : reds) EXPECT_NEAR(red / reds[0], 1, 0.01);
}

TEST_F(MosaicFile, PhasesOfXTransAreSavedAndRead) {
  const Size size{37, 11};
  MosaicDescription description = described(size, 12);
  description.cfa = CfaPattern::kXTrans;
  description.cfa_phase = CfaPhase{4, 2};
  const RawFrame frame = load_mosaic(file("xtrans.raw", plain(size, 12)), description);
  EXPECT_EQ(frame.sensor.cfa_phase, (CfaPhase{4, 2}));
  EXPECT_TRUE(contains(description_of(frame), "cfa_phase: [4, 2]"));
  save_mosaic(frame, folder_ / "saved.raw");
  const RawFrame back = load_mosaic(folder_ / "saved.raw", load_mosaic_description(folder_ / "saved.raw.yaml"));
  EXPECT_EQ(back.sensor.cfa, CfaPattern::kXTrans);
  EXPECT_EQ(back.sensor.cfa_phase, frame.sensor.cfa_phase);
  description.cfa = CfaPattern::kRggb;
  EXPECT_THROW(load_mosaic(folder_ / "xtrans.raw", description), Error);
}

TEST_F(MosaicFile, WhatIsSavedComesBackEqual) {
  for (const int bits : {8, 10, 16}) {
    const Size size{37, 11};
    RawFrame frame = load_mosaic(file("source" + std::to_string(bits) + ".raw", plain(size, bits)), described(size, bits));
    frame.sensor.cfa = CfaPattern::kGbrg;
    frame.sensor.make = "Acme: \"quoted\"";
    frame.sensor.model = "0x10";
    frame.sensor.black = {1.1f, 2, 3.3f, 4};
    frame.sensor.white = {250, 251.5f, 252, 253};
    frame.sensor.noise = {1.2345678e-4f, 3.3e-7f};
    frame.sensor.matrices = {{2856, {0.1f, 0.2f, 0.7f, 0.3f, 0.9f, 0.11f, 0.6f, 0.05f, 0.8f}}, {6504, {1, 0, 0, 0, 1.0f / 3, 0, 0, 0, 1}}};
    frame.applied = {{Microseconds(33'310.1 / 3), 1.0f / 0.3f, 2.7f},
                     1.8f,
                     Microseconds(1e12 / 3),
                     Microseconds(33'333.3),
                     Microseconds(18.9),
                     123'456'789'012,
                     41};
    frame.capture.as_shot_gains = Vec3{1.7f, 1, 1.3f};
    frame.capture.baseline_exposure = -0.3f;
    frame.capture.orientation = Orientation::kRotated90;
    const fs::path path = folder_ / ("saved" + std::to_string(bits) + ".raw");
    save_mosaic(frame, path);
    const RawFrame back = load_mosaic(path, load_mosaic_description(fs::path(path) += ".yaml"));
    expect_codes(back, bits);
    EXPECT_EQ(back.sensor.cfa, frame.sensor.cfa);
    EXPECT_EQ(back.sensor.bits, bits);
    EXPECT_EQ(back.sensor.make, frame.sensor.make);
    EXPECT_EQ(back.sensor.model, frame.sensor.model);
    EXPECT_EQ(back.sensor.black, frame.sensor.black);
    EXPECT_EQ(back.sensor.white, frame.sensor.white);
    EXPECT_EQ(back.sensor.noise, frame.sensor.noise);
    ASSERT_EQ(back.sensor.matrices.size(), 2u);
    EXPECT_EQ(back.sensor.matrices[1].cct, 6504);
    EXPECT_EQ(back.sensor.matrices[0].xyz_to_camera, frame.sensor.matrices[0].xyz_to_camera);
    EXPECT_EQ(back.applied, frame.applied);
    EXPECT_EQ(back.capture.as_shot_gains, frame.capture.as_shot_gains);
    EXPECT_EQ(back.capture.baseline_exposure, frame.capture.baseline_exposure);
    EXPECT_EQ(back.capture.orientation, frame.capture.orientation);
    EXPECT_THROW(save_mosaic(frame, path), Error);  // never over what is there
  }
}

TEST_F(MosaicFile, PackedFramesAreSavedAsTheyAre) {
  for (int bits : {10, 12, 14}) {
    const Size size{37, 11};
    MosaicDescription description = described(size, bits);
    description.packing = Packing::kMipi;
    description.row_bytes = static_cast<int>(packed_row_bytes(*packed_format_of(bits), size.width)) + 7;
    std::string padded;
    const std::string bytes = packed(size, bits);
    const std::size_t row = bytes.size() / 11;
    for (std::size_t y = 0; y < 11; y++) padded += bytes.substr(y * row, row) + "padding";
    const fs::path saved = folder_ / ("saved" + std::to_string(bits) + ".raw");
    save_mosaic(load_mosaic(file("source.raw", padded), description), saved);
    EXPECT_EQ(fs::file_size(saved), bytes.size());
    const RawFrame back = load_mosaic(saved, load_mosaic_description(fs::path(saved) += ".yaml"));
    EXPECT_TRUE(back.packed.has_value());
    expect_codes(back, bits);
  }
}

TEST_F(MosaicFile, PixelsAreNotSavedWithoutTheirDescription) {
  const RawFrame frame = load_mosaic(file("source.raw", plain({37, 11}, 10)), described({37, 11}, 10));
  file("saved.raw.yaml", "somebody's");
  EXPECT_THROW(save_mosaic(frame, folder_ / "saved.raw"), Error);
  EXPECT_FALSE(fs::exists(folder_ / "saved.raw"));
  EXPECT_EQ(fs::file_size(folder_ / "saved.raw.yaml"), 10u);
  file("other.raw", "somebody's");
  EXPECT_THROW(save_mosaic(frame, folder_ / "other.raw"), Error);
  EXPECT_FALSE(fs::exists(folder_ / "other.raw.yaml"));
}

TEST_F(MosaicFile, WhatCouldNotBeReadIsNotSaved) {
  const RawFrame good = load_mosaic(file("source.raw", plain({37, 11}, 10)), described({37, 11}, 10));
  const auto expect_refused = [&](const char* expected, const auto& spoil) {
    RawFrame frame = share(good);
    spoil(frame);
    try {
      save_mosaic(frame, folder_ / "saved.raw");
      ADD_FAILURE() << expected;
    } catch (const Error& error) {
      EXPECT_TRUE(contains(error.what(), "saved.raw: ") && contains(error.what(), expected)) << error.what();
    }
    EXPECT_FALSE(fs::exists(folder_ / "saved.raw"));
    EXPECT_FALSE(fs::exists(folder_ / "saved.raw.yaml"));
  };
  expect_refused("does not pass black", [](RawFrame& f) { f.sensor.black[1] = 2000; });
  expect_refused("cannot be inverted", [](RawFrame& f) { f.sensor.matrices = {{5000, {}}}; });
  expect_refused("illuminant", [](RawFrame& f) { f.sensor.matrices = {{500, kIdentity3}}; });
  expect_refused("noise", [](RawFrame& f) { f.sensor.noise.shot = -1e-4f; });
  expect_refused("white", [](RawFrame& f) { f.sensor.white[2] = 70'000; });
  expect_refused("bits", [](RawFrame& f) { f.sensor.bits = 7; });
  expect_refused("exposure_us", [](RawFrame& f) { f.applied.settings.exposure = Microseconds(-1); });
  expect_refused("lens_position", [](RawFrame& f) { f.applied.settings.lens_position = NAN; });
  expect_refused("sequence", [](RawFrame& f) { f.applied.sequence = ~std::uint64_t{0}; });
  expect_refused("as_shot_gains", [](RawFrame& f) { f.capture.as_shot_gains = Vec3{0, 1, 1}; });
  expect_refused("orientation", [](RawFrame& f) { f.capture.orientation = static_cast<Orientation>(9); });
  expect_refused("three samples a pixel", [](RawFrame& f) { f.sensor.cfa = CfaPattern::kRgb; });
  expect_refused("no pixels", [](RawFrame& f) { f.data = nullptr; });
}

}  // namespace
}  // namespace argent
