/** What the numbers of the page can bear, whatever they are. */
export const READING = `## How to read this

- **Scenarios are values of an anonymous feature.** Nobody says what \`hash_15\` or \`hash_18\` mean; that they behave like scenarios
  (other click rates, other responses) is measured, not known. Inside a scenario the feature is constant; pooled and common models
  see it.
- **Compare inside a table.** A method with federated embedding rows against another one without says nothing about the methods.
  Each rule for embedding tables has its own tables and its own comparisons.
- **Settings were chosen on another partition of the same rows** into folds, those of training for local and FedAvg: no test fold here
  took part as such, but its rows were seen in other roles. That factors add was chosen in other synthetic worlds. One choice saw these
  very folds: rows of shared tables that are a scenario's own by evidence were the default before, and lost here. What is on this page
  is no proof on new data.
- **Local models may train longer** (60 rounds, patience 10, against 25 and 4): a small scenario has few batches in a pass, and a weak
  opponent would be easily beaten. **Vocabularies differ**: federated methods agree on values that reach 4 training rows in one scenario (on
  hash_15 9,420 of the 11,551 that reach it together), pooled ones fit their own, a local one its rows.
- **Folds share training rows**: two of five have three quarters in common. The corrected resampled t allows for it; four degrees of
  freedom make its intervals wide, and a difference of a few thousandths is at the edge of what it can tell. The interval by test
  rows alone is about these trained models, not about training on other rows.
- **The macro mean weighs a scenario of 2,600 rows like one of 63,000**, and with it the noise of the smallest. Read the tables by
  scenario beside it.
- **Sale is secondary.** A test fold of all rows has about 80 of them, of a small scenario two; nothing is decided by them, the
  round is chosen by clicks, and scenarios with fewer than 30 sales have no value at all.
- **The literal reading** (\`pf-literal\`) is the method as it is publicly described, without code or hyperparameters to check against.
  What it does here does not say what its authors' own does.
- **The synthetic world has what the method looks for**: two groups of scenarios. Its angles say where a rule breaks, not how often
  the world is like that.
- Ablations and sensitivity have one training for each fold: they rank nothing by less than about .005.
`;
