// Package explain renders decisions for people and programs: one sentence for
// a refusal, one line for each path of ownership, the whole tree as text for a
// terminal, as JSON, or as a Diagram in the language of Mermaid or Graphviz;
// package svg below draws it.
//
// Names of parties and sources come from users. What is written for people has
// them without control and formatting characters, and shortened.
package explain
