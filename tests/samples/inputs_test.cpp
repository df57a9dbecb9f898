#include "samples/inputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace argent {
namespace {

namespace fs = std::filesystem;

/// A folder with files a.raw, b.raw, .hidden.raw, note.txt, "odd[1].raw", deep/c.raw, deep/.git/d.raw.
class InputsTest : public ::testing::Test {
 protected:
  InputsTest() : folder_(fs::path(::testing::TempDir()) / ("inputs_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "deep" / ".git");
    fs::create_directories(folder_ / "empty");
    for (const char* name : {"b.raw", "a.raw", ".hidden.raw", "note.txt", "odd[1].raw", "deep/c.raw", "deep/.git/d.raw"}) {
      std::ofstream(folder_ / name) << "x";
    }
  }
  ~InputsTest() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  Inputs expand(const std::vector<std::string>& arguments, Recursion recursion = Recursion::kNo) const {
    return expand_inputs(arguments, recursion, [](const fs::path& file) { return file.extension() == ".raw"; });
  }
  std::vector<std::string> names(const Inputs& inputs) const {
    std::vector<std::string> names;
    for (const fs::path& file : inputs.files) names.push_back(file.lexically_relative(folder_).string());
    return names;
  }

  fs::path folder_;
};

using Names = std::vector<std::string>;

TEST_F(InputsTest, FilesKeepTheirOrderEvenWhenTheyDoNotExist) {
  const Inputs inputs = expand({path("b.raw"), path("missing.raw"), path("note.txt"), path("a.raw")});
  EXPECT_EQ(names(inputs), (Names{"b.raw", "missing.raw", "note.txt", "a.raw"}));
  EXPECT_TRUE(inputs.problems.empty());
  EXPECT_TRUE(inputs.may_be_several);
}

TEST_F(InputsTest, OneFileIsNotSeveral) { EXPECT_FALSE(expand({path("a.raw")}).may_be_several); }

TEST_F(InputsTest, FolderGivesItsInputsSortedWithoutHiddenOnes) {
  EXPECT_EQ(names(expand({folder_.string()})), (Names{"a.raw", "b.raw", "odd[1].raw"}));
}

TEST_F(InputsTest, RecursionEntersFoldersButNotHiddenOnes) {
  EXPECT_EQ(names(expand({folder_.string()}, Recursion::kYes)), (Names{"a.raw", "b.raw", "deep/c.raw", "odd[1].raw"}));
}

TEST_F(InputsTest, PatternIsExpandedAndSorted) {
  const Inputs inputs = expand({path("?.raw")});
  EXPECT_EQ(names(inputs), (Names{"a.raw", "b.raw"}));
  EXPECT_TRUE(inputs.may_be_several);
}

TEST_F(InputsTest, PatternWithOneMatchStillCountsAsSeveral) { EXPECT_TRUE(expand({path("a*.raw")}).may_be_several); }

TEST_F(InputsTest, PatternMayMatchAFolder) { EXPECT_EQ(names(expand({path("de*")})), (Names{"deep/c.raw"})); }

TEST_F(InputsTest, FileWhoseNameLooksLikeAPatternIsTheFile) {
  const Inputs inputs = expand({path("odd[1].raw")});
  EXPECT_EQ(names(inputs), (Names{"odd[1].raw"}));
  EXPECT_FALSE(inputs.may_be_several);
}

TEST_F(InputsTest, NoFileTwice) {
  EXPECT_EQ(names(expand({path("b.raw"), folder_.string(), path("deep/../a.raw")})), (Names{"b.raw", "a.raw", "odd[1].raw"}));
}

TEST_F(InputsTest, LinksToOneFileAreSeveralPictures) {
  fs::create_symlink("a.raw", folder_ / "z.raw");
  EXPECT_EQ(names(expand({folder_.string()})), (Names{"a.raw", "b.raw", "odd[1].raw", "z.raw"}));
}

TEST_F(InputsTest, WhatNamesNothingIsAProblemAndTheRestGoesOn) {
  const Inputs inputs = expand({path("empty"), path("*.dng"), "", path("a.raw")});
  EXPECT_EQ(names(inputs), (Names{"a.raw"}));
  ASSERT_EQ(inputs.problems.size(), 3u);
  EXPECT_EQ(inputs.problems[0], path("empty") + ": no RAW files or mosaics in this folder (--recursive looks into the folders inside)");
  EXPECT_EQ(inputs.problems[1], path("*.dng") + ": no file matches");
}

TEST(StemOf, LeavesOutHowTheFileIsStored) {
  EXPECT_EQ(stem_of("dir/a.CR2"), "a");
  EXPECT_EQ(stem_of("a.raw.gz"), "a");
  EXPECT_EQ(stem_of("a.b.raw"), "a.b");
  EXPECT_EQ(stem_of("noextension"), "noextension");
}

}  // namespace
}  // namespace argent
