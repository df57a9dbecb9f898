#include "isp/io/cube_file.h"

#include <gtest/gtest.h>

#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

const std::string kNodes = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 .5e0\n";

std::string error_of(const std::string& text) {
  try {
    parse_cube(text, "a.cube");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CubeFile, ReadsWhatTheSpecificationShows) {
  const Lut3d lut =
      parse_cube("# a comment\r\nTITLE \"x # y\"\n\nLUT_3D_SIZE 2\nDOMAIN_MIN -0.5 0 0\nDOMAIN_MAX 1 2 1.5\n" + kNodes, "a.cube");
  EXPECT_EQ(lut.size, 2);
  EXPECT_EQ(lut.domain_min, (std::array{-0.5f, 0.f, 0.f}));
  EXPECT_EQ(lut.domain_max, (std::array{1.f, 2.f, 1.5f}));
  ASSERT_EQ(lut.nodes.size(), 8u);
  EXPECT_EQ(lut.nodes[1], (std::array{1.f, 0.f, 0.f})) << "red is the fastest";
  EXPECT_EQ(lut.nodes[7], (std::array{1.f, 1.f, 0.5f}));
  EXPECT_EQ(parse_cube("LUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 2\n" + kNodes, "").domain_max[2], 2);
  EXPECT_EQ(parse_cube("LUT_3D_SIZE 2\n# last line without an end\n" + kNodes.substr(0, kNodes.size() - 1), "").nodes.size(), 8u);
}

TEST(CubeFile, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("LUT_1D_SIZE 4\n"), "a.cube:1: is a one-dimensional table, expected LUT_3D_SIZE");
  EXPECT_EQ(error_of(""), "a.cube: has no LUT_3D_SIZE");
  EXPECT_EQ(error_of(kNodes), "a.cube:1: a node stands before LUT_3D_SIZE");
  EXPECT_EQ(error_of("LUT_3D_SIZE 2\n" + kNodes + "0 0 0\n"), "a.cube:10: has more than 8 nodes");
  EXPECT_EQ(error_of("LUT_3D_SIZE 2\n" + kNodes.substr(6) + "#####\n"), "a.cube: has 7 nodes, expected 8 of size 2");
  EXPECT_EQ(error_of("LUT_3D_SIZE 129\n0 0 0\n"), "a.cube:1: is too short for 2146689 nodes");
  EXPECT_EQ(error_of("LUT_3D_SIZE 2\nDOMAIN_MIN 0 0 1\n" + kNodes), "a.cube: has an empty domain: DOMAIN_MIN is not below DOMAIN_MAX");
  for (const char* size : {"1", "130", "2.5", "-3", "nan", "x", "", "2 2", "1e9"}) {
    EXPECT_TRUE(error_of(std::string("LUT_3D_SIZE ") + size + "\n" + kNodes).starts_with("a.cube:1: ")) << size;
  }
  for (const char* line : {"0 0\n", "0 0 0 0\n", "0 0 x\n", "nan 0 0\n", "inf 0 0\n", "0 0 1e30\n", "FOO 1\n", "TITLE\n"}) {
    EXPECT_FALSE(error_of("LUT_3D_SIZE 2\n0 0 0\n" + std::string(line) + kNodes.substr(12)).empty()) << line;
  }
  EXPECT_THROW(load_cube("/nonexistent.cube"), Error);
}

TEST(CubeFile, NothingCutOffIsTakenForWhole) {
  const std::string whole = "LUT_3D_SIZE 2\n" + kNodes;
  for (std::size_t size = 0; size + 5 < whole.size(); size++) EXPECT_FALSE(error_of(whole.substr(0, size)).empty()) << size;
}

}  // namespace
}  // namespace argent
