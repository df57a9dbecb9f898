#include "samples/balance_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace argent {
namespace {

BalanceScore score(const char* estimator, const std::string& file, float kelvin, float sigma) {
  BalanceScore out;
  out.estimator = estimator;
  out.file = file;
  out.sensor = file.ends_with("1.png") ? "imx1" : "imx2";
  out.true_kelvin = 5000;
  out.kelvin = kelvin;
  out.mired = std::abs(out.signed_mired());
  out.degrees = out.mired / 20;
  out.sigma = sigma;
  out.evidence = kelvin == 4651 ? 0 : 1;  // kStandInKelvin
  return out;
}

class BalanceReport : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/share/javascript/dygraphs/dygraph.min.js")) GTEST_SKIP() << "libjs-dygraphs is not installed";
  }

  static std::string page(const std::string& file) {
    const BalanceScores scores{score("camera", file, 4000, 0),     score("good", file, 5000, 10),     score("shy", file, 4651, 10),
                               score("camera", "b1.png", 4000, 0), score("good", "b1.png", 4500, 10), score("shy", "b1.png", 2500, 10)};
    return page_of(scores);
  }

  static std::string page_of(BalanceScores scores) {
    for (BalanceScore& s : scores) s.set = s.measured ? "measured>" : "folder<";
    const std::vector<BalanceGroup> groups = groups_of(scores);
    return balance_report(groups, {{"folder<", {compare(groups[1], groups[0])}}}, {{"", "tunings&"}, ""});
  }

  static int count(const std::string& text, const std::string& word) {
    int n = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) n++;
    return n;
  }
};

TEST_F(BalanceReport, HasTablesAndPlotsOfEveryEstimator) {
  const std::string text = page("a2.png");
  for (const char* part : {"folder&lt;", "id=\"camera\"", "id=\"good\"", "id=\"shy\"", "imx1, 1 pictures", "imx2, 1 pictures"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_LT(text.find("<td>good</td>"), text.find("<td>camera</td>")) << "the least mean error comes first";
  EXPECT_NE(text.find("<td class=\"best first\">11.1</td>"), std::string::npos) << "mean of 0 and 1e6/4500 - 200, the best";
  // Errors 0 and 22.2 at a claim of 10: one of two is within one sigma.
  EXPECT_NE(text.find("<td>good</td><td>2</td><td>10.0</td><td>15.7</td><td>1.57</td><td>50.0 %</td><td>50.0 %</td><td>100.0 %</td>"),
            std::string::npos);
  // The abstention stands apart, and the mean of what was answered is not touched by it.
  EXPECT_NE(text.find("<td>shy</td><td>1</td><td>200.0</td><td>200.0</td><td class=\"first\">1</td><td>15.0</td>"), std::string::npos);
  // Two plots of errors, four of confidence, two an estimator and two more where it claims a sigma.
  EXPECT_EQ(count(text, "class=\"plot\""), 2 + 4 + 3 * 2 + 2 * 2);
  EXPECT_NE(text.find("<li>good 11.11, camera 50.00 mired: difference -38.89, 95 % ["), std::string::npos);
  EXPECT_NE(text.find("tunings of tunings&amp;"), std::string::npos);
  EXPECT_EQ(count(text, ">plot('"), count(text, "class=\"plot\""));
}

TEST_F(BalanceReport, MeasuredLightsHaveDegreesAndNoMired) {
  BalanceScores scores{score("good", "a1.png", 5000, 10), score("good", "b2.png", 4500, 10)};
  const int alone = count(page_of({scores[0], scores[1], score("camera", "a1.png", 5000, 0)}), "class=\"plot\"");
  scores.push_back(score("camera", "a1.png", 5000, 0));
  for (int i = 0; i < 2; i++) {
    scores.push_back(scores[static_cast<std::size_t>(i)]);
    BalanceScore& s = scores.back();
    s.measured = true;
    s.true_kelvin = 0;
    s.degrees = 3;
    s.sigma_degrees = 2;
    s.offset = {.1f, -.05f};
  }
  const std::string text = page_of(scores), part = text.substr(text.find("<h1>measured&gt;</h1>"));
  EXPECT_EQ(count(text, "class=\"plot\"") - alone, 1 + 4 + 2 + 2) << "no plot of errors in mired";
  EXPECT_EQ(part.find("mired"), std::string::npos);
  EXPECT_NE(part.find("id=\"s1_good\""), std::string::npos);
  EXPECT_NE(part.find("<td class=\"best first\">3.00</td>"), std::string::npos);
  for (const char* id : {"id=\"s1_regions\"", "id=\"s1_confident\"", "id=\"s1_e0_scatter\""}) EXPECT_EQ(count(text, id), 1) << id;
}

TEST_F(BalanceReport, StandsAloneAndNamesCanNotBreakIt) {
  const std::string plain = page("a2.png"), hostile = page("</script><img src=x onerror=alert(1)>2.png");
  EXPECT_EQ(count(hostile, "</script>"), count(plain, "</script>"));
  EXPECT_EQ(hostile.find("<img"), std::string::npos);
  const std::string own = plain.substr(plain.find("</head>"));  // dygraphs' script speaks of such things without doing them
  for (const char* fetching : {"<link", "src=", "@import", "fetch("}) EXPECT_EQ(own.find(fetching), std::string::npos) << fetching;
  for (const char* fetching : {"<link", "<script src", "@import"}) EXPECT_EQ(plain.find(fetching), std::string::npos) << fetching;
}

}  // namespace
}  // namespace argent
