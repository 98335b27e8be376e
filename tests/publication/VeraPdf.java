import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Reference;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Holds PDFs to PDF/UA-1 and PDF/A-3a: a line for every rule a file breaks, and one a file. */
public class VeraPdf {
    private static final String[] PROFILES = {"PDFUA-1", "PDFA-3A"};

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        boolean sound = files.length > 0;
        for (String name : PROFILES) {
            ValidationProfile profile = read(name);
            for (String file : files) {
                sound &= holds(file, name, profile);
            }
        }
        System.exit(sound ? 0 : 1);
    }

    private static boolean holds(String file, String name, ValidationProfile profile) throws Exception {
        PDFAFlavour flavour = profile.getPDFAFlavour();
        try (PDFAParser parser = Foundries.defaultInstance()
                .createParser(new FileInputStream(file), flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false);
            ValidationResult result = validator.validate(parser);
            Set<String> broken = new TreeSet<>();
            for (TestAssertion one : result.getTestAssertions()) {
                if (one.getStatus() == TestAssertion.Status.FAILED) {
                    broken.add(one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber()
                        + " " + one.getMessage());
                }
            }
            for (String one : broken) {
                System.out.println(file + ": " + name + " " + one);
            }
            boolean holds = result.isCompliant() && result.getTotalAssertions() > 0;
            System.out.println(file + ": " + name + (holds ? " holds, " : " does not hold, ")
                + result.getTotalAssertions() + " checks of " + profile.getRules().size() + " rules");
            return holds;
        }
    }

    /** The profile of a name, from the library; its own loader needs a library that it lacks. */
    private static ValidationProfile read(String name) throws Exception {
        Element root;
        try (InputStream in = Rule.class.getResourceAsStream(
                "/org/verapdf/pdfa/validation/" + name + ".xml")) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in)
                .getDocumentElement();
        }
        PDFAFlavour flavour = PDFAFlavour.valueOf(root.getAttribute("flavour"));
        Set<Rule> rules = new HashSet<>();
        for (Element rule : all(root, "rule")) {
            Element id = all(rule, "id").get(0);
            Element error = all(rule, "error").get(0);
            List<ErrorArgument> arguments = new ArrayList<>();
            for (Element one : all(error, "argument")) {
                arguments.add(ErrorArgumentImpl.fromValues(
                    one.getTextContent().trim(), one.getAttribute("name"), null));
            }
            rules.add(Profiles.ruleFromValues(
                Profiles.ruleIdFromValues(
                    PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                    id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber"))),
                rule.getAttribute("object"),
                rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null,
                rule.getAttribute("tags"), text(rule, "description"), text(rule, "test"),
                Profiles.errorFromValues(text(error, "message"), arguments),
                new ArrayList<Reference>()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element one : all(root, "variable")) {
            variables.add(Profiles.variableFromValues(one.getAttribute("name"),
                one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
        }
        return Profiles.profileFromValues(flavour,
            Profiles.profileDetailsFromValues(name, name, "veraPDF Consortium", null),
            "", rules, variables);
    }

    private static List<Element> all(Element under, String name) {
        NodeList nodes = under.getElementsByTagName(name);
        List<Element> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static String text(Element under, String name) {
        return all(under, name).get(0).getTextContent();
    }
}
