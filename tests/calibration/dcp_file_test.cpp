#include "calibration/profile/dcp_file.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// A profile byte by byte, in either order.
struct DcpFixture {
  struct Field {
    std::uint16_t type = 0;
    std::vector<std::uint32_t> words;  ///< of 4 bytes; of type 3 and 2 they are cut
    std::uint32_t count = 0;
  };
  bool big_endian = false;
  std::map<std::uint16_t, Field> fields;

  void fractions(std::uint16_t tag, const std::vector<double>& values) {
    Field field{10, {}, static_cast<std::uint32_t>(values.size())};
    for (double v : values) {
      field.words.push_back(static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(v * 10'000))));
      field.words.push_back(10'000);
    }
    fields[tag] = field;
  }
  void floats(std::uint16_t tag, const std::vector<float>& values) {
    Field field{11, {}, static_cast<std::uint32_t>(values.size())};
    for (float v : values) field.words.push_back(std::bit_cast<std::uint32_t>(v));
    fields[tag] = field;
  }
  void longs(std::uint16_t tag, const std::vector<std::uint32_t>& values) {
    fields[tag] = {4, values, static_cast<std::uint32_t>(values.size())};
  }
  void whole(std::uint16_t tag, std::uint32_t value) { fields[tag] = {3, {value}, 1}; }

  std::vector<std::uint8_t> bytes() const {
    std::vector<std::uint8_t> out;
    const auto put = [&](std::uint32_t value, std::size_t size) {
      for (std::size_t i = 0; i < size; i++) out.push_back(static_cast<std::uint8_t>(value >> (8 * (big_endian ? size - 1 - i : i))));
    };
    for (char c : std::string(big_endian ? "MMCR" : "IIRC")) out.push_back(static_cast<std::uint8_t>(c));
    put(8, 4);
    put(static_cast<std::uint32_t>(fields.size()), 2);
    std::uint32_t at = static_cast<std::uint32_t>(8 + 2 + 12 * fields.size());
    for (const auto& [tag, field] : fields) {
      put(tag, 2);
      put(field.type, 2);
      put(field.count, 4);
      if (field.type == 3) {
        put(field.words[0], 2);
        put(0, 2);
      } else if (field.words.size() == 1) {
        put(field.words[0], 4);
      } else {
        put(at, 4);
        at += static_cast<std::uint32_t>(4 * field.words.size());
      }
    }
    for (const auto& [tag, field] : fields) {
      if (field.type == 3 || field.words.size() == 1) continue;
      for (std::uint32_t word : field.words) put(word, 4);
    }
    return out;
  }
};

DcpFixture fixture() {
  DcpFixture out;
  out.fractions(50721, {0.9, -0.2, -0.1, -0.4, 1.3, 0.1, -0.05, 0.2, 0.5});
  out.fractions(50722, {0.8, -0.3, -0.1, -0.45, 1.25, 0.2, -0.1, 0.25, 0.6});
  out.fractions(50964, {0.7, 0.15, 0.11, 0.3, 0.75, -0.05, 0.02, -0.1, 0.9});
  out.whole(50778, 17);
  out.whole(50779, 21);
  out.longs(50937, {2, 2, 1});
  out.floats(50938, {0, 1, 1, 10, 1.2f, 0.9f, 0, 1, 1, -5, 0.8f, 1});
  out.longs(50981, {1, 2, 2});
  out.floats(50982, {0, 1, 1, 3, 1, 1, 0, 1, 1, 4, 1, 1});
  out.longs(51108, {1});
  out.floats(50940, {0, 0, 0.5f, 0.7f, 1, 1});
  out.fractions(51109, {-0.25});
  return out;
}

TEST(DcpFile, ReadsEverythingInBothByteOrders) {
  DcpFixture file = fixture();
  const DngProfile little = parse_dcp(file.bytes(), "a.dcp");
  file.big_endian = true;
  EXPECT_EQ(parse_dcp(file.bytes(), "a.dcp"), little);
  EXPECT_EQ(little.illuminants[0].code, 17);
  EXPECT_FLOAT_EQ((*little.illuminants[1].color_matrix)[3], -0.45f);
  EXPECT_TRUE(little.illuminants[0].forward);
  EXPECT_FALSE(little.illuminants[1].forward);
  EXPECT_EQ(little.illuminants[0].hue_sat.hues, 2);
  EXPECT_EQ(little.illuminants[0].hue_sat.nodes[1], (HueSatTable::Node{10, 1.2f, 0.9f}));
  EXPECT_EQ(little.illuminants[1].hue_sat.hues, 0);
  EXPECT_EQ(little.hue_sat_encoding, TableEncoding::kLinear);
  EXPECT_EQ(little.look.values, 2);
  EXPECT_EQ(little.look_encoding, TableEncoding::kSrgb);
  EXPECT_EQ(little.tone_curve, (std::vector<std::array<float, 2>>{{0, 0}, {0.5f, 0.7f}, {1, 1}}));
  EXPECT_FLOAT_EQ(*little.baseline_exposure_offset, -0.25f);
}

TEST(DcpFile, EveryLieIsAnError) {
  const auto error_of = [](const std::function<void(DcpFixture&)>& change) -> std::string {
    DcpFixture file = fixture();
    change(file);
    try {
      parse_dcp(file.bytes(), "a.dcp");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of([](DcpFixture& f) { f.fields.erase(50721); }), "a.dcp: has no ColorMatrix1");
  EXPECT_EQ(error_of([](DcpFixture& f) { f.fractions(50722, {1, 2, 3}); }), "a.dcp: ColorMatrix has 3 values, expected 9");
  EXPECT_EQ(error_of([](DcpFixture& f) { f.fractions(50722, std::vector<double>(9, 1)); }), "a.dcp: ColorMatrix is singular");
  EXPECT_NE(error_of([](DcpFixture& f) { f.fields[50722].words[1] = 0; }), "") << "a denominator of 0";
  EXPECT_NE(error_of([](DcpFixture& f) { f.longs(50937, {90, 30, 1}); }), "") << "more nodes than there are";
  EXPECT_NE(error_of([](DcpFixture& f) { f.longs(50937, {4000, 4000, 4000}); }), "");
  EXPECT_NE(error_of([](DcpFixture& f) { f.longs(50937, {2, 1, 1}); }), "") << "one saturation";
  EXPECT_NE(error_of([](DcpFixture& f) { f.fields.erase(50937); }), "");
  EXPECT_NE(error_of([&](DcpFixture& f) { f.fields[50938].words[4] = std::bit_cast<std::uint32_t>(nan); }), "");
  EXPECT_NE(error_of([&](DcpFixture& f) { f.fields[50938].words[4] = std::bit_cast<std::uint32_t>(-1.0f); }), "");
  EXPECT_NE(error_of([](DcpFixture& f) { f.longs(51108, {2}); }), "") << "an encoding nobody knows";
  EXPECT_NE(error_of([](DcpFixture& f) { f.floats(50940, {0, 0, 0.5f, 0.7f, 0.9f, 1}); }), "") << "a curve that ends early";
  EXPECT_NE(error_of([](DcpFixture& f) { f.floats(50940, {0, 0, 0.5f, 0.7f, 0.5f, 0.8f, 1, 1}); }), "");
  EXPECT_NE(error_of([](DcpFixture& f) { f.floats(50940, {0, 0, 1}); }), "");
  EXPECT_NE(error_of([](DcpFixture& f) { f.fields[50940].count = 4'000'000'000; }), "");
  EXPECT_NE(error_of([](DcpFixture& f) { f.fields[50721].type = 4; }), "") << "whole numbers";
  EXPECT_NE(error_of([](DcpFixture& f) { f.fields[50721].type = 99; }), "");
  EXPECT_NE(error_of([](DcpFixture& f) { f.fractions(51109, {20}); }), "");
}

TEST(DcpFile, NothingCutOffIsReadPastItsEnd) {
  const std::vector<std::uint8_t> whole = fixture().bytes();
  for (std::size_t size = 0; size < whole.size(); size++) {
    EXPECT_THROW(parse_dcp({whole.data(), size}, "a.dcp"), Error) << size << " of " << whole.size();
  }
  for (std::size_t i = 4; i < 10 + 12 * 12; i++) {  // the directory, bit by bit: an error or another profile, and no crash
    for (int bit = 0; bit < 8; bit++) {
      std::vector<std::uint8_t> bytes = whole;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ (1 << bit));
      try {
        parse_dcp(bytes, "a.dcp");
      } catch (const Error&) {
      }
    }
  }
  EXPECT_THROW(load_dcp("/nonexistent.dcp"), Error);
}

TEST(DcpFile, ReadsAllOfDebiansProfiles) {
  const fs::path folder = "/usr/share/rawtherapee/dcpprofiles";
  if (!fs::exists(folder)) GTEST_SKIP() << "rawtherapee-data is absent";
  int files = 0, looks = 0, curves = 0, forward = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".dcp") continue;
    const DngProfile profile = load_dcp(entry.path());
    files++;
    looks += profile.look.hues > 0 ? 1 : 0;
    curves += profile.tone_curve.empty() ? 0 : 1;
    forward += profile.illuminants[0].forward ? 1 : 0;
    EXPECT_FALSE(profile.unique_camera_model.empty()) << entry.path();
    EXPECT_GT(profile.illuminants[0].hue_sat.hues, 0) << entry.path();
  }
  EXPECT_EQ(files, 139);
  EXPECT_EQ(looks, 72);
  EXPECT_EQ(curves, 105);
  EXPECT_EQ(forward, 105);
}

}  // namespace
}  // namespace argent
